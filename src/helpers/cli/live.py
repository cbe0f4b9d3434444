"""The report in a browser while ``run --watch`` remakes it: a local server, whose pages reload by themselves.

The script and the policy that lets it run are added on the way to the browser: the files have neither.
"""

import os
import threading
import time
import webbrowser
from contextlib import suppress
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
# The port, for the command that starts again when the code changes: the page in the browser goes on.
PORT_VARIABLE = "ALSES_WATCH_PORT"

_POLICY = b"default-src 'none';"
_ALLOWED = b"default-src 'none'; script-src 'unsafe-inline'; connect-src 'self';"
_SCRIPT = b"""<script>
let shown
setInterval(async () => {
  const version = await fetch("/version").then(answer => answer.text()).catch(() => shown)
  if (shown !== undefined && version !== shown) location.reload()
  shown = version
}, 700)
</script>
"""


class _Handler(SimpleHTTPRequestHandler):
    """Files of the report's folder alone, for pages of this address alone."""

    def do_GET(self) -> None:
        # A site that gives its own name the address of this computer is not answered.
        if self.headers.get("Host") not in {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}:
            return self.send_error(HTTPStatus.FORBIDDEN)
        path = unquote(urlsplit(self.path).path)
        if path == "/version":
            return self._send(str(self.server.version).encode(), "text/plain")
        file = Path(self.translate_path(path + "index.html" if path.endswith("/") else path))
        if not file.is_file() or not file.resolve().is_relative_to(Path(self.directory).resolve()):
            return self.send_error(HTTPStatus.NOT_FOUND)
        content = file.read_bytes()
        if file.suffix == ".html":
            content = content.replace(_POLICY, _ALLOWED, 1).replace(b"</body>", _SCRIPT + b"</body>", 1)
        return self._send(content, self.guess_type(str(file)))

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: the terminal tells what the watch does."""


class Preview(ThreadingHTTPServer):
    """Serves the folder of a report on this computer, at a free port, until the process ends."""

    def __init__(self, folder: Path) -> None:
        known = int(os.environ.get(PORT_VARIABLE, 0))
        try:
            super().__init__((HOST, known), _Handler)
        except OSError:  # taken meanwhile
            super().__init__((HOST, 0), _Handler)
        self.address = f"http://{HOST}:{self.server_port}/"
        os.environ[PORT_VARIABLE] = str(self.server_port)
        self.show(folder)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        if self.server_port != known:
            with suppress(webbrowser.Error):  # no browser: the address is printed
                browser = webbrowser.get()
                if type(browser) is not webbrowser.GenericBrowser:  # one for terminals would take this one
                    browser.open(self.address)

    def show(self, folder: Path) -> None:
        """Shows this report, which has just been made: the pages that are open reload."""
        self.folder, self.version = folder, time.time_ns()

    def finish_request(self, request, address) -> None:
        _Handler(request, address, self, directory=str(self.folder))

    def handle_error(self, *_: object) -> None:
        """Nothing: a browser that leaves before its answer is no fault."""
