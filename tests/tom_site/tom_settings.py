"""The settings of a TOM for tests: the toolkit's own, with a SQLite file of ours and nothing that goes out."""

import json
import os

from tom_base.settings import *  # noqa: F403

SECRET_KEY = "for tests on loopback alone"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
# As tom_setup writes it, which is what makes "database is locked", but for the wait before that, 5 s, and the wait for
# the disk at each of the dozen commits of a request.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["TOM_SITE_DATABASE"],
        "OPTIONS": {"timeout": 0.5, "init_command": "PRAGMA synchronous=OFF"},
    }
}
MEDIA_ROOT = os.environ["TOM_SITE_DATABASE"] + ".media"
STATIC_ROOT = os.environ["TOM_SITE_DATABASE"] + ".static"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Basic auth checks one at every request
TOM_FACILITY_CLASSES = []  # telescopes
BROKERS = []
LOGGING = {"version": 1}
_changed = json.loads(os.environ.get("TOM_SITE_SETTINGS", "{}"))
REST_FRAMEWORK = {**REST_FRAMEWORK, **_changed.pop("REST_FRAMEWORK", {})}  # noqa: F405
globals().update(_changed)
