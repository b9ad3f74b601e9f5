"""The Flask application of the portal, put together."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from importlib import resources
from typing import Any

from flask import Flask, g, request, url_for

import dteplanows
from dteplanows.portal import THEME_COOKIE, THEMES, access, failures, navigation, safety, shown
from dteplanows.portal.account.views import account
from dteplanows.portal.afterwards import said
from dteplanows.portal.audit.views import audit, installation_audit
from dteplanows.portal.backups.views import backups
from dteplanows.portal.badges import badge_of
from dteplanows.portal.batches.views import batches
from dteplanows.portal.board.views import board
from dteplanows.portal.certificates.views import certificates
from dteplanows.portal.company.views import companies, company
from dteplanows.portal.designs.views import designs
from dteplanows.portal.entering import entering
from dteplanows.portal.envelopes.views import envelopes
from dteplanows.portal.exports.views import exports
from dteplanows.portal.f29.views import f29
from dteplanows.portal.folios.views import folios
from dteplanows.portal.guias.views import guias
from dteplanows.portal.integration.views import integration
from dteplanows.portal.mail.views import mail
from dteplanows.portal.numbers import Number
from dteplanows.portal.orders import on_page
from dteplanows.portal.people.views import people
from dteplanows.portal.printers.agent_views import printers_agents
from dteplanows.portal.printers.views import printers
from dteplanows.portal.purchases.views import purchases
from dteplanows.portal.sales.act_views import sales_acts
from dteplanows.portal.sales.handing_views import sales_handing
from dteplanows.portal.sales.views import sales
from dteplanows.portal.services import Services, give
from dteplanows.portal.sessions import Sessions
from dteplanows.portal.settings.views import settings
from dteplanows.portal.simulator.views import simulator
from dteplanows.portal.style_page import style
from dteplanows.portal.texts import t
from dteplanows.portal.validation.views import validation

_SECRET = "clave_portal"
"""The setting of the ledger that signs the cookie."""

_A_YEAR = 31_536_000

BLUEPRINTS = (
    entering, account, style, board, sales, sales_acts, validation, integration,
    purchases, guias, f29, exports, printers, printers_agents,
    folios, certificates, envelopes, batches, backups, settings, company, companies, simulator,
    people, audit, installation_audit, mail, sales_handing, designs,
)  # fmt: skip
"""The families of pages."""


def create_app(services: Services) -> Flask:
    """The portal on *services*, as a WSGI application. It takes what :class:`dteplanows.web.portal.Portal` hands it."""
    app = Flask("dteplanows.portal", static_url_path="/estatico")
    secret = services.ledger.secrets.get(_SECRET)
    app.config.update(
        SECRET_KEY=secret,
        # Installations on one machine share the cookies of all ports.
        SESSION_COOKIE_NAME=f"dteplanows_{hashlib.sha256(secret).hexdigest()[:8]}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=_A_YEAR,
        MAX_CONTENT_LENGTH=services.body,
        MAX_FORM_MEMORY_SIZE=services.body,
        # A form is good as long as its session, and where the page came from is looked at by other means.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.url_map.converters["int"] = Number
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    give(app.extensions, services)
    safety.protect(app)
    access.guard(app, Sessions(services.ledger, services.settings))
    failures.handle(app)
    for one in BLUEPRINTS:
        app.register_blueprint(one)
    _give_templates(app)
    return app


def _give_templates(app: Flask) -> None:
    """What every template may use."""
    app.jinja_env.filters.update(
        rut=shown.rut, number=shown.number, pesos=shown.pesos, day=shown.day, month=shown.month, moment=shown.moment,
        on_page=partial(on_page, sees=navigation.sees),
    )
    app.jinja_env.globals.update(t=t, said=said, asset=_asset, badge_of=badge_of, version=dteplanows.__version__)

    @app.context_processor
    def of_the_page() -> dict[str, Any]:
        theme = request.cookies.get(THEME_COOKIE, "")
        return {
            "person": g.get("person"), "company": g.get("company"), "theme": theme if theme in THEMES else "",
            "theme_cookie": THEME_COOKIE, "service_root": safety.root_of_service(),
            "menu": navigation.groups, "companies": navigation.companies,
        }  # fmt: skip


def _asset(name: str) -> str:
    """The address of a file of ``static/``, another one whenever its bytes are others: browsers keep it for a year."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    data = resources.files("dteplanows.portal").joinpath("static", name).read_bytes()
    return hashlib.sha256(data).hexdigest()[:12]
