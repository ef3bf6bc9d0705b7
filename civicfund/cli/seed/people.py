"""The demo's people, with passwords and TOTP secrets that are printed for everyone."""

from dataclasses import dataclass

from civicfund.cli.seed.texts import PROJECTS
from civicfund.core.db import db
from civicfund.identity import queries, services
from civicfund.identity.models import Organisation, OrganisationKind, User

PASSWORD = "demo-minato-2026"  # noqa: S105  # printed on purpose


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who can sign in to the demo."""

    part: str
    email: str
    name: str
    roles: tuple[str, ...]
    totp_secret: str
    password: str = PASSWORD


CITY, FUND = "city", "fund"
PEOPLE = (
    DemoPerson("NPO", "npo@demo.example", "日向 あゆみ", (), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    DemoPerson(
        "staff", "staff@demo.example", "事務局 春香", ("staff",), "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    ),
    DemoPerson(
        "staff (finance)", "finance@demo.example", "会計 誠", ("staff",),
        "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK",
    ),
    DemoPerson(
        "approver", "approver@demo.example", "理事 千代", ("approver",),
        "NBSWY3DPO5XXE3DENBSWY3DPO5XXE3DE",
    ),
    DemoPerson(
        "city officer", "officer@demo.example", "市民協働 亮", ("officer",),
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    ),
    DemoPerson(
        "auditor", "auditor@demo.example", "監事 文雄", ("auditor",),
        "OBQXG43XN5ZGIMJSOBQXG43XN5ZGIMJS",
    ),
    DemoPerson(
        "administrator", "admin@demo.example", "管理 律", ("admin",),
        "MZXW6YTBOJRGC6TRMZXW6YTBOJRGC6TR",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Who plays whom in the demo's story."""

    member: User
    content_reviewer: User
    finance_reviewer: User
    approver: User
    officer: User
    npos: list[Organisation]
    city: Organisation


def cast() -> Cast:
    """Make the people and organisations, or find those that were made before."""
    users = {person.part: _person(person) for person in PEOPLE}
    city = _organisation(OrganisationKind.CITY, "minato-city", "みなと市", "Minato City")
    npos = [
        _organisation(
            OrganisationKind.NPO, f"npo-{number}", project.organisation_ja, project.organisation_en
        )
        for number, project in enumerate(PROJECTS, start=1)
    ]
    for npo in npos:
        _member(users["NPO"], npo)
        if npo.verified_at is None:
            services.verify_organisation(npo, by=users["staff"])
    _member(users["city officer"], city)
    db.session.flush()
    return Cast(
        member=users["NPO"],
        content_reviewer=users["staff"],
        finance_reviewer=users["staff (finance)"],
        approver=users["approver"],
        officer=users["city officer"],
        npos=npos,
        city=city,
    )


def _person(person: DemoPerson) -> User:
    known = queries.user_by_email(person.email)
    if known is not None:
        return known
    return services.create_user(
        email=person.email,
        name=person.name,
        password=person.password,
        roles=person.roles,
        totp_secret=person.totp_secret,
        is_demo=True,
    )


def _organisation(kind: OrganisationKind, slug: str, name_ja: str, name_en: str) -> Organisation:
    known = queries.organisation_by_slug(slug)
    if known is not None:
        return known
    return services.create_organisation(kind=kind, slug=slug, name_ja=name_ja, name_en=name_en)


def _member(user: User, organisation: Organisation) -> None:
    if organisation.id not in user.organisation_ids:
        services.add_member(user=user, organisation=organisation)
