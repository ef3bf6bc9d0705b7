"""What anyone may see: the register, one endorsement, its public papers; and the misuse report."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from civicfund.core.errors import NotFound
from civicfund.core.search import search_words
from civicfund.endorsements import cards, queries, services
from civicfund.endorsements.forms import MisuseForm, RegisterForm
from civicfund.endorsements.views.ground import bp
from civicfund.web.guards import found, public
from civicfund.web.limits import limiter
from civicfund.web.pagination import asked_page, paged
from civicfund.web.stored_files import send_stored


@bp.get("/endorsements")
@public
def index() -> ResponseReturnValue:
    """The register: granted, expired and revoked ones, searched by its address."""
    form = RegisterForm(request.args, issuers=queries.issuers())
    wanted = queries.RegisterFilter(
        kind=form.kind.data,
        issuer_id=form.issuer.data,
        state=form.state.data,
        words=search_words(form.q.data),
    )
    page = paged(queries.register(wanted), number=asked_page())
    rows = [cards.row_of(endorsement) for endorsement in page.items]
    return render_template("endorsements/index.html", form=form, page=page, rows=rows)


@bp.get("/endorsements/<register_no>")
@public
def show(register_no: str) -> ResponseReturnValue:
    """One entry in plain words: what is vouched for and what not, by whom, until when."""
    endorsement = found(queries.endorsement_by_register_no(register_no.upper()))
    history = cards.public_history(endorsement, queries.history_of(endorsement))
    address = cards.address_of(cards.page_url(endorsement))
    after = queries.renewal_of(endorsement)
    return render_template(
        "endorsements/show.html",
        endorsement=endorsement,
        seal=cards.seal_of(endorsement, linked=False),
        meaning=cards.meaning_of(endorsement),
        criteria=[cards.in_language(criterion) for criterion in endorsement.criteria],
        tag=cards.state_tag_of(endorsement),
        story=cards.story_of(endorsement, history),
        documents=queries.documents_of(endorsement, only_public=True),
        before=queries.predecessor_of(endorsement),
        after=after if after is not None and after.register_no else None,
        address=address,
        qr=cards.qr_of(address),
    )


@bp.get("/endorsements/<register_no>/documents/<int:document_id>")
@public
def public_document(register_no: str, document_id: int) -> ResponseReturnValue:
    """A public paper of an entry."""
    endorsement = found(queries.endorsement_by_register_no(register_no.upper()))
    document = found(queries.document_by_id(document_id))
    if document.endorsement_id != endorsement.id or not document.is_public:
        raise NotFound
    return send_stored(document.stored_file, public=True)


@bp.route("/endorsements/<register_no>/misuse", methods=["GET", "POST"])
@public
@limiter.limit("5 per hour", methods=["POST"])
def misuse(register_no: str) -> ResponseReturnValue:
    """Tell the office that its name stands where it should not."""
    endorsement = found(queries.endorsement_by_register_no(register_no.upper()))
    form = MisuseForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.report_misuse(
            endorsement,
            form_key=form.form_key.data or "",
            words=form.words.data or "",
            email=form.email.data or "",
        )
    ):
        flash(_("Thank you. The office will look into it."), "success")
        return redirect(url_for("endorsements.show", register_no=endorsement.register_no))
    page = render_template("endorsements/misuse.html", endorsement=endorsement, form=form)
    return page, 422 if form.errors else 200
