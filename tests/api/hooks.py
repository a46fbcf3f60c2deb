"""A valid idempotency key serves once, so that each request is really made; and a mail server is one of this computer, so
that nobody else's is asked."""

import itertools

import schemathesis

NUMBERS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key) < 200 and all("!" <= character <= "~" for character in key):
        case.headers["Idempotency-Key"] = f"{key}{next(NUMBERS)}"
    settings = case.body.get("settings") if case.path == "/v1/mail" and isinstance(case.body, dict) else None
    if isinstance(settings, dict) and isinstance(settings.get("server"), str):
        settings["server"] = "127.0.0.1"
