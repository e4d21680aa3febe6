"""Serves the tracker at http://127.0.0.1:PORT/ (Roundup's own server does not run as root, as a test in a container may).

    python serve.py HOME PORT
"""

import re
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

from roundup.cgi.wsgi_handler import RequestDispatcher

home, port = sys.argv[1:]
config = Path(home) / "config.ini"
text = config.read_text(encoding="utf-8")
config.write_text(re.sub(r"(?m)^web = .*$", f"web = http://127.0.0.1:{port}/", text), encoding="utf-8")


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


make_server("127.0.0.1", int(port), RequestDispatcher(home), Server).serve_forever()
