"""Security headers on every answer: a strict CSP with a nonce, and the usual rest."""

import secrets

from flask import Flask, Response, g
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)


def csp_nonce() -> str:
    """The nonce of this request, for the rare script that must stand in a page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def init_app(app: Flask) -> None:
    """Set the headers after each request."""
    strict = app.config["SITE_URL"].startswith("https://")

    @app.after_request
    def protect(response: Response) -> Response:
        policy = (
            ContentSecurityPolicy()
            .default_src("'self'")
            .script_src("'self'", f"'nonce-{csp_nonce()}'")
            .style_src("'self'")
            .img_src("'self'", "data:")
            .object_src("'none'")
            .base_uri("'none'")
            .form_action("'self'")
            .frame_ancestors("'none'")
        )
        shield = Secure(
            csp=policy,
            hsts=StrictTransportSecurity().max_age(31536000).include_subdomains()
            if strict
            else None,
            referrer=ReferrerPolicy().strict_origin_when_cross_origin(),
            permissions=PermissionsPolicy().geolocation().camera().microphone(),
            xcto=XContentTypeOptions().nosniff(),
            xfo=XFrameOptions().deny(),
            coop=CrossOriginOpenerPolicy().same_origin(),
        )
        for name, value in shield.headers.items():
            response.headers.setdefault(name, value)
        return response

    app.context_processor(lambda: {"csp_nonce": csp_nonce})
