#!/usr/bin/env python3
"""Measures how fast pages come, beside nginx serving the same bytes from disk to the same client.

    pages.py MUSTER [PARTNERSHIPS]          60 partnerships where none are given

Each page is asked for 200 times over one connection; the table has the median, the 99th percentile, its ratio to that
of nginx, and the size. The programme is that of growth.py, published and not yet answered.
"""

import http.client
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "Programme"))
import growth  # noqa: E402

ROUNDS = 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing answers on {port}")


def times(port: int, path: str, headers: dict) -> tuple[list, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found, body = [], b""
    for _ in range(ROUNDS + 5):
        begin = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        found.append(time.perf_counter() - begin)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:200]!r}")
    return found[5:], body


def main() -> None:
    muster = str(Path(sys.argv[1]).resolve())
    partnerships = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config, state, port = folder / "config", folder / "state", free_port()
        growth.write_programme(config, partnerships)
        with open(config / "muster.yaml", "a") as file:
            file.write(f'pages: {{ listen: 127.0.0.1:{port}, address: "http://127.0.0.1:{port}", operators: [o@growth.example] }}\n')
        place = ["--config", str(config), "--state", str(state), "--now", growth.NOW]

        def run(*arguments: str) -> str:
            return subprocess.run([muster, *arguments, *place], check=True, capture_output=True, text=True).stdout

        run("apply", "--yes")
        run("send")
        links = [run("sign-in", f"{who}@growth.example").strip() for who in ("c0", "o")]
        daemon = subprocess.Popen([muster, "serve", *place], stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            cookies = [{"Cookie": sign_in(port, link)} for link in links]
            # What the daemon does at its start is not what is measured.
            time.sleep(30)
            mail = next((state / "mail/new").iterdir() if (state / "mail/new").exists() else (config / "mail/new").iterdir())
            token = re.search(r"/answer/([0-9a-f]{72})", mail.read_text().replace("=\n", "")).group(1)
            measure(folder, port, cookies, token)
        finally:
            daemon.terminate()
            daemon.wait()


def sign_in(port: int, link: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", link.removeprefix(f"http://127.0.0.1:{port}"), headers={"Sec-Fetch-Site": "same-origin"})
    return connection.getresponse().getheader("Set-Cookie").split(";")[0]


def measure(folder: Path, port: int, cookies: list, token: str) -> None:
    coordinator, operator = cookies
    session = "/sessions/n0-spring/900001/review"
    pages = [("", path, coordinator) for path in ["/", "/people", "/planner", "/outbox", "/calendars", "/history", session]]
    pages += [("", f"/answer/{token}", {}), ("", f"/answer/{token}/mine", {})]
    pages += [("operator ", path, operator) for path in ["/", "/partnerships/n0", "/people", "/outbox", "/calendars", "/history", session]]
    own = [times(port, path, headers) for _, path, headers in pages]
    peer = free_port()
    (folder / "root").mkdir()
    for number, (_, body) in enumerate(own):
        (folder / "root" / f"{number}.html").write_bytes(body)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; events {{}} http {{ access_log off; root {folder}/root;"
        f" client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};"
        f" scgi_temp_path {folder}; server {{ listen 127.0.0.1:{peer}; }} }}\n"
    )
    folder.chmod(0o755)
    nginx = subprocess.Popen(["nginx", "-e", "/dev/null", "-c", str(folder / "nginx.conf")])
    try:
        wait_for(peer)
        print(f"{'page':40}{'median ms':>10}{'p99 ms':>9}{'nginx p99':>11}{'ratio':>8}{'kB':>7}")
        for number, (who, path, _) in enumerate(pages):
            found, body = own[number]
            other, _ = times(peer, f"/{number}.html", {})
            middle, last, beside = (
                statistics.median(found), sorted(found)[ROUNDS * 99 // 100], sorted(other)[ROUNDS * 99 // 100])
            shown = who + path.replace(token, "…")
            print(f"{shown:40}{middle * 1000:10.1f}{last * 1000:9.1f}{beside * 1000:11.2f}{last / beside:8.1f}{len(body) / 1000:7.1f}")
    finally:
        nginx.terminate()
        nginx.wait()


if __name__ == "__main__":
    main()
