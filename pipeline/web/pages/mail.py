"""One mail: its words first, its HTML only in a frame that can do nothing, its files for download only."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request

from pipeline.domain.downloading import Download, downloadable
from pipeline.web.context import VIA, product, viewer
from pipeline.web.downloads import download
from pipeline.web.showing import FRAME_POLICY, harmless, seen

pages = Blueprint("mail", __name__)


@pages.get("/mail/<int:number>")
def show(number: int) -> str:
    """The mail with everybody it names, its words and its files."""
    mail = product().reading_room(VIA).mail(number, viewer().email)
    return render_template("mail/show.html", mail=mail, words=seen(mail.message.text), framed=bool(mail.html))


@pages.get("/mail/<int:number>/html")
def html(number: int) -> Response:
    """The mail's HTML version, made harmless, for a sandboxed frame of ours."""
    mail = product().reading_room(VIA).mail(number, viewer().email)
    shown = harmless(mail.html) or "<p>The formatted version is too large or empty. Read the text of the mail.</p>"
    document = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The formatted mail</title></head>'
        f"<body><main><h1>The formatted mail</h1>{shown}</main></body></html>"
    )
    response = Response(document, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    g.framed = True
    return response


@pages.get("/mail/<int:number>/raw")
def raw(number: int) -> Response:
    """The mail exactly as it was fetched."""
    content = product().reading_room(VIA).raw_mail(number, viewer().email)
    return download(content, f"mail-{number}.eml", "message/rfc822")


@pages.get("/mail/<int:number>/files/<digest>")
def file(number: int, digest: str) -> Response | str:
    """One attached file; a page of warning first where no scanner has looked into it, though one is configured."""
    found, content = product().reading_room(VIA).attachment(number, digest, viewer().email)
    scanner = bool(product().settings.scan.clamd)
    decided, because = downloadable(found.scan, found.scanned_at, scanner=scanner)
    if decided is Download.ASK_FIRST and request.args.get("sure") != "yes":
        return render_template("mail/ask_first.html", number=number, file=found, because=because)
    return download(content, found.name)
