#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Receivers that are processes of their own, so that they can be killed. Each writes down what it takes before it says that it has it, and knows that
again when it is started anew.

takers.py webhook FOLDER PORT   HTTPS; every event is a line of FOLDER/taken, and a point in FOLDER/begun before that
takers.py drop FOLDER WORK      collects the letters of the folder of a receiver into WORK/kept, each by its number once, and acknowledges them"""
import json
import os
import random
import shutil
import ssl
import sys
import time
import uuid
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Webhook(BaseHTTPRequestHandler):
    """Slow before it takes an event and after that: a kill may come at any moment."""
    protocol_version = 'HTTP/1.1'
    paper = begun = None

    def log_message(self, *args):
        pass

    def do_POST(self):
        length = int(self.headers['Content-Length'])
        body = self.rfile.read(length)
        if len(body) < length:
            return
        os.write(self.begun, b'.')
        time.sleep(random.uniform(0, 0.2))
        line = json.dumps({'headers': {name.lower(): value for name, value in self.headers.items()}, 'body': body.decode()}) + '\n'
        os.write(self.paper, line.encode())
        time.sleep(random.uniform(0, 0.3))
        self.send_response(204)
        self.send_header('Content-Length', '0')
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads, allow_reuse_address = True, True

    def handle_error(self, request, client_address):
        pass        # a call that was broken off


def webhook(folder, port):
    server = Server(('127.0.0.1', int(port)), Webhook)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / 'certificate', folder / 'key')
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Webhook.paper, Webhook.begun = (os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for name in ('taken', 'begun'))
    server.serve_forever(poll_interval=0.05)


def acknowledge(folder, number, status):
    name = uuid.uuid4().hex
    (folder / 'ack/tmp' / name).write_text(json.dumps({'acknowledgements': [{'message': number, 'status': status, 'reference': 'D-1'}]}))
    (folder / 'ack/tmp' / name).rename(folder / 'ack/new' / name)


def collect(folder, work):
    """What lies there is taken with one move. What it has already it does not take again; that the same came again is a line of `again`."""
    for letter in sorted((folder / 'new').glob('*')):
        try:
            letter.rename(work / 'kept' / letter.name)
        except OSError:
            same = json.loads((letter / 'manifest.json').read_text()) == json.loads((work / 'kept' / letter.name / 'manifest.json').read_text())
            with open(work / 'again', 'a') as paper:
                paper.write(json.dumps({'number': letter.name, 'same': same}) + '\n')
            shutil.rmtree(letter)
            (work / 'told' / letter.name).unlink(missing_ok=True)
    for letter in sorted((work / 'kept').glob('*')):
        if not (work / 'told' / letter.name).exists():
            time.sleep(random.uniform(0, 0.05))
            acknowledge(folder, letter.name, 'taken')
            acknowledge(folder, letter.name, 'done')
            (work / 'told' / letter.name).touch()


def drop(folder, work):
    work = Path(work)
    for part in ('kept', 'told'):
        (work / part).mkdir(parents=True, exist_ok=True)
    while True:
        if (folder / 'ack/new').is_dir():
            with suppress(OSError):         # its disk may be full for a while, too
                collect(folder, work)
        time.sleep(0.05)


if __name__ == '__main__':
    {'webhook': webhook, 'drop': drop}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
