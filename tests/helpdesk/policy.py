"""The helpdesk's Content Security Policy: none, or the one that HELPDESK_CSP says."""

import os


class ContentSecurityPolicy:
    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = os.environ.get("HELPDESK_CSP", "")

    def __call__(self, request):
        response = self.get_response(request)
        if self.policy:
            response["Content-Security-Policy"] = self.policy
        return response
