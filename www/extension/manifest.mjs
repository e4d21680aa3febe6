/** The manifest of one browser's extension: one source, and what differs. */
export function manifest(browser, version) {
  const shared = {
    manifest_version: 3,
    name: 'Bellwether',
    version,
    default_locale: 'en',
    description: '__MSG_description__',
    icons: { 16: 'icons/16.png', 32: 'icons/32.png', 48: 'icons/48.png', 128: 'icons/128.png' },
    action: { default_title: 'Bellwether', default_popup: 'popup.html', default_icon: { 16: 'icons/16.png', 32: 'icons/32.png' } },
    options_ui: { page: 'options.html', open_in_tab: true },
    permissions: ['storage', 'scripting'],
    optional_host_permissions: ['https://*/*', 'http://*/*'],
    content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
  };
  if (browser === 'chromium') {
    return {
      ...shared,
      minimum_chrome_version: '123',
      permissions: [...shared.permissions, 'offscreen'],
      background: { service_worker: 'background.js' },
      storage: { managed_schema: 'managed-schema.json' },
    };
  }
  return {
    ...shared,
    background: { scripts: ['background.js'] },
    browser_specific_settings: {
      gecko: { id: 'bellwether@bellwether.example', strict_min_version: '142.0', data_collection_permissions: { required: ['none'] } },
    },
  };
}
