"""A JobManager that answers every request as the last request to /attack/<JSON in base64url> said."""
import base64
import http.server
import json

answer = {}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global answer
        if self.path.startswith("/attack/"):
            answer = json.loads(base64.urlsafe_b64decode(self.path.removeprefix("/attack/") + "=="))
            self.send_response(204)
            self.end_headers()
            return
        self.send_response(answer.get("status", 200))
        for name, value in {"content-type": "application/json", **answer.get("headers", {})}.items():
            self.send_header(name, value)
        if "headerBytes" in answer:
            self.send_header("x-filler", "x" * answer["headerBytes"])
        self.end_headers()
        self.write(answer.get("prefix", ""))
        if "job" in answer:
            jobs = [{**answer["job"], "jid": f"d{index:031d}"} for index in range(answer["jobs"])]
            self.write(json.dumps({"jobs": jobs}))
        # A client that does not read on closes the connection, which ends the loop.
        repeat = answer.get("repeat", 0)
        while repeat != 0:
            self.write(answer["text"])
            repeat -= 1
        self.write(answer.get("suffix", ""))

    do_POST = do_PATCH = do_DELETE = do_GET

    def write(self, text):
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass


Server(("", 8081), Handler).serve_forever()
