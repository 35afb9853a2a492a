"""Holds a conversation with a server in Open WebUI, in Chromium, and prints one JSON object: feature by client, true or why not.

Arguments: the server's address, its key, and a folder for screenshots. Runs in an environment that has open-webui and playwright.
Open WebUI reaches the server through a proxy that remembers what was asked and answered.
"""

import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from playwright.sync_api import sync_playwright

BASE, KEY = sys.argv[1], sys.argv[2]
SHOTS = pathlib.Path(sys.argv[3])
SECONDS = 180


class Exchange:
    """A request and what was answered so far."""

    def __init__(self, path, body):
        self.path, self.body = path, body
        self.reply, self.ended, self.left = b"", False, False

    def chunks(self):
        lines = self.reply.decode("utf-8", "replace").splitlines()
        return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]

    def text(self):
        if self.body.get("stream"):
            deltas = [choice["delta"] for chunk in self.chunks() for choice in chunk.get("choices", [])]
            return "".join(delta.get("content") or "" for delta in deltas)
        return json.loads(self.reply)["choices"][0]["message"]["content"]

    def messages(self):
        return self.body["messages"]

    def is_aside(self):
        return any(str(message["content"]).lstrip().startswith("### Task:") for message in self.messages())


exchanges = []


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def forward(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        exchange = Exchange(self.path, json.loads(content) if content else {})
        if self.path.endswith("/chat/completions"):
            exchanges.append(exchange)
            print(f"Open WebUI asks with {', '.join(exchange.body)}: {len(content)} bytes", file=sys.stderr, flush=True)
        address = urllib.parse.urlsplit(BASE)
        upstream = http.client.HTTPConnection(address.hostname, address.port, timeout=600)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")}
        upstream.request(self.command, self.path, content or None, headers)
        answer = upstream.getresponse()
        self.close_connection = True
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while part := answer.read1(65536):
                exchange.reply += part
                self.wfile.write(part)
                self.wfile.flush()
        except OSError:
            exchange.left = True
        finally:
            upstream.close()
            exchange.ended = True

    do_GET = do_POST = forward


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def await_(what, test, seconds=SECONDS):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = test()
        if result:
            return result
        time.sleep(0.2)
    raise TimeoutError(what)


class Conversation:
    def __init__(self, page):
        self.page = page

    def shot(self, name):
        self.page.screenshot(path=SHOTS / f"open-webui-{name}.png")

    def chat(self):
        """The conversation as Open WebUI keeps it: its messages in their order, and its title."""
        found = self.page.evaluate("""async () => {
            const id = location.pathname.split('/').pop();
            const headers = {Authorization: 'Bearer ' + localStorage.token};
            return await (await fetch('/api/v1/chats/' + id, {headers})).json();
        }""")
        return found["title"], found["chat"]["history"]

    def write(self, text):
        self.page.locator("#chat-input").click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def send(self, text):
        before = len(exchanges)
        self.write(text)
        return self.answered(before)

    def asked(self, before):
        return await_("a request", lambda: next((one for one in exchanges[before:] if not one.is_aside()), None))

    def answered(self, before):
        exchange = self.asked(before)
        await_("an answer", lambda: exchange.ended)
        assert exchange.text().strip(), "nothing came: " + exchange.reply.decode()[:300]
        start = exchange.text().strip().split("\n")[0][:20]
        self.page.locator("#response-content-container").last.get_by_text(start, exact=False).first.wait_for()
        return exchange


def converse(page):
    """What works, by feature. A part that fails leaves the others."""
    found, talk = {}, Conversation(page)
    turns = []

    def part(feature, test):
        try:
            outcome = bool(test()) or "not what it should be"
        except Exception as e:
            outcome = (type(e).__name__ + ": " + str(e)).splitlines()[0][:160]
        talk.shot(feature)
        print(f"Open WebUI, {feature}: {outcome}", file=sys.stderr, flush=True)
        found[feature] = outcome

    def models():
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_text("Okay, Let's Go!").click()
        page.locator("#chat-input").wait_for()
        return page.get_by_text(model).first.is_visible()

    def first():
        turns.append(talk.send("What is the capital of France?"))
        return "Paris" in turns[0].text()

    def streams():
        return turns[0].body["stream"] and len(turns[0].chunks()) > 2

    def history():
        """Two more turns go over with all that was said before them."""
        turns.append(talk.send("And of Italy?"))
        turns.append(talk.send("Which of the two is further south?"))
        said = [[message["content"] for message in turn.messages() if message["role"] == "assistant"] for turn in turns]
        replies = [turn.text().strip() for turn in turns]
        return [[one.strip() for one in before] for before in said] == [[], replies[:1], replies[:2]]

    def regenerates():
        before = len(exchanges)
        page.locator("#response-content-container").last.hover()
        page.get_by_role("button", name="Regenerate").last.click()
        again = page.get_by_text("Try Again")
        if again.count():
            again.first.click()
        other = talk.answered(before)
        return other.messages() == turns[-1].messages() and other.text() != turns[-1].text()

    def titles():
        """A title, tags and follow-up questions: each asked for beside the conversation, and taken."""
        await_("side requests", lambda: all(one.ended for one in exchanges) and sum(one.is_aside() for one in exchanges) > 2)
        for one in exchanges:
            if one.is_aside():
                print("aside:", one.messages()[-1]["content"].split("\n")[1][:50], "->", one.text()[:160], file=sys.stderr)
        title, history = talk.chat()
        own = [json.loads(one.text()).get("title") for one in exchanges if one.is_aside() and "title" in one.text()]
        follow_ups = [message.get("followUps") for message in history["messages"].values() if message.get("followUps")]
        print("title:", title, "follow-ups:", follow_ups[:1], file=sys.stderr)
        return title in own and follow_ups

    def stops():
        before = len(exchanges)
        talk.write("Tell me a very long story about ten dragons, with many details.")
        endless = talk.asked(before)
        await_("something of the answer", lambda: len(endless.reply) > 500)
        # The button has no name of its own: it is the disc with a square in it.
        page.locator('button:has(path[d^="M2.25 12c0-5.385"])').last.click()
        await_("the end of the stream", lambda: endless.ended, 20)
        return b"[DONE]" not in endless.reply and b'"finish_reason":"' not in endless.reply

    for feature, test in (("models", models), ("chat", first), ("stream", streams), ("history", history),
                          ("regenerate", regenerates), ("titles", titles), ("stop", stops)):
        part(feature, test)
    return found


SHOTS.mkdir(parents=True, exist_ok=True)
listed = urllib.request.Request(BASE + "/v1/models", headers={"Authorization": "Bearer " + KEY})
with urllib.request.urlopen(listed) as answer:
    model = json.load(answer)["data"][0]["id"]
folder = tempfile.mkdtemp(prefix="open-webui-")
proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
proxy.daemon_threads = True
threading.Thread(target=proxy.serve_forever, daemon=True).start()
port = free_port()
environment = {
    **os.environ,
    "DATA_DIR": folder,
    "WEBUI_AUTH": "False",
    "WEBUI_SECRET_KEY": "check-clients",
    "ENABLE_OLLAMA_API": "False",
    "OPENAI_API_BASE_URL": f"http://127.0.0.1:{proxy.server_port}/v1",
    "OPENAI_API_KEY": KEY,
    "OFFLINE_MODE": "True",
    "HF_HUB_OFFLINE": "1",
    "ENABLE_VERSION_UPDATE_CHECK": "False",
    # Otherwise each chat has 25 KB of descriptions of Open WebUI's own tools, which a small policy only reads slowly.
    "DEFAULT_MODEL_METADATA": json.dumps({"capabilities": {"builtin_tools": False}}),
    "DEFAULT_MODEL_PARAMS": json.dumps({"function_calling": "legacy"}),
    # Nothing here is to be heard or looked up: what loads models for that stays away.
    "RAG_EMBEDDING_ENGINE": "openai",
    "AUDIO_STT_ENGINE": "openai",
    "BYPASS_EMBEDDING_AND_RETRIEVAL": "True",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "True",
    "SCARF_NO_ANALYTICS": "True",
}
program = pathlib.Path(sys.executable).with_name("open-webui")
with open(SHOTS / "open-webui.log", "wb") as log:
    server = subprocess.Popen(
        [program, "serve", "--host", "127.0.0.1", "--port", str(port)], env=environment, stdout=log, stderr=log,
        cwd=folder, start_new_session=True)

results = {}
try:
    def healthy():
        if server.poll() is not None:
            raise ChildProcessError("open-webui has ended: " + str(SHOTS / "open-webui.log"))
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).status == 200
        except OSError:
            return False

    await_("Open WebUI", healthy, 300)
    with sync_playwright() as playwright:
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.set_default_timeout(SECONDS * 1000)
        results = converse(page)
        browser.close()
finally:
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(30)
    shutil.rmtree(folder, ignore_errors=True)
print(json.dumps({"Open WebUI": results}, indent=1))
