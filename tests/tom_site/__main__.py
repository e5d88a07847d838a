"""A real TOM on loopback, run with the Python of an environment that has tomtoolkit in it.

    TOM_SITE_DATABASE=FILE python tests/tom_site build ACCOUNTS_JSON
    TOM_SITE_DATABASE=FILE TOM_SITE_SETTINGS=JSON python tests/tom_site serve LOG

`build` makes the database with the accounts and groups of {"name": {"password", "token", "superuser", "groups"}}.
`serve` prints its address when it answers, and writes a line to LOG at the start and the end of every request:
"+ NUMBER METHOD PATH" and "- NUMBER STATUS". It ends with its standard input.
"""

import itertools
import json
import os
import sys
import threading
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tom_settings"


def build(accounts):
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from rest_framework.authtoken.models import Token

    call_command("migrate", interactive=False, verbosity=0)
    for name, account in accounts.items():
        make = User.objects.create_superuser if account["superuser"] else User.objects.create_user
        user = make(name, f"{name}@example.org", account["password"])
        user.groups.set([Group.objects.get_or_create(name=group)[0] for group in account["groups"]])
        # Some versions have made a token when they made the user.
        Token.objects.filter(user=user).delete()
        Token.objects.create(user=user, key=account["token"])


def serve(log):
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Handler(WSGIRequestHandler):
        disable_nagle_algorithm = True

        def log_message(self, *arguments):
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.set_app(noted(get_wsgi_application(), log))
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def noted(application, log):
    """The application, with every request in the log."""
    numbers = itertools.count(1)
    out = Path(log).open("a", buffering=1)  # noqa: SIM115

    def call(environ, start_response):
        number, query = next(numbers), environ.get("QUERY_STRING")
        path = environ["PATH_INFO"] + (f"?{query}" if query else "")
        out.write(f"+ {number} {environ['REQUEST_METHOD']} {path}\n")

        def start(status, headers, *more):
            out.write(f"- {number} {status.split()[0]}\n")
            return start_response(status, headers, *more)

        return application(environ, start)

    return call


django.setup()
{"build": lambda text: build(json.loads(text)), "serve": serve}[sys.argv[1]](sys.argv[2])
