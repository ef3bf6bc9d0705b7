"""Awards: the decision, the gate of thirty per cent, the agreement, and money that comes back."""

from datetime import date, timedelta

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign, CampaignState
from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.errors import NotAllowedNow
from civicfund.core.money import Money, yen
from civicfund.core.references import new_reference
from civicfund.core.states import advance
from civicfund.grants import emails
from civicfund.grants.errors import MemberMayNotJudge, NotAMember, NothingToAward, ReasonMissing
from civicfund.grants.models import Award, AwardState, Report, ReportLine, ReportState
from civicfund.grants.models.awards import MOST_PERCENT_OF_TARGET, PROJECT_DAYS, REPORT_DAYS
from civicfund.grants.queries import awards as queries
from civicfund.grants.services.bank_lines import take_line
from civicfund.grants.services.parties import grantee
from civicfund.identity.models import User
from civicfund.identity.policy import acts_for
from civicfund.ledger import dating, posting_rules
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger
from civicfund.ledger.drafts import EntryDraft
from civicfund.payments import services as payments
from civicfund.payments.models import BankLine


def award_campaign(campaign: Campaign) -> Award:
    """Grant what the campaign's fund holds; once, whoever asks how often.

    Far over target nothing is decided yet: the award waits for `accept_over_target`.
    Raises `NothingToAward`.
    """
    lock(campaign)
    known = queries.award_of_campaign(campaign.id)
    if known is not None:
        return known
    held = book.available_in(campaign.fund_id)
    if held <= yen(0):
        raise NothingToAward
    today = clock.today()
    award = Award(
        reference=new_reference("A"),
        campaign_id=campaign.id,
        organisation_id=campaign.organisation_id,
        fund_id=campaign.fund_id,
        state=AwardState.PROPOSED,
        amount_yen=held.minor,
        over_target=is_far_over_target(campaign),
        proposed_at=clock.now(),
        starts_on=today,
        ends_on=today + timedelta(days=PROJECT_DAYS),
    )
    db.session.add(award)
    db.session.flush()
    if award.over_target:
        audit_log.record(None, "propose_award", award, after={"amount_yen": held.minor})
        emails.tell_of_waiting_award(award)
    else:
        _decide(award, amount=held, by=None)
    return award


def is_far_over_target(campaign: Campaign) -> bool:
    """More than 30 % over what was asked, by the gross gifts in the book."""
    gross = book.gross_gifts_of([campaign.fund_id]).get(campaign.fund_id, 0)
    return bool(gross * 100 > campaign.target_yen * MOST_PERCENT_OF_TARGET)


def accept_over_target(award: Award, *, by: User, reason: str) -> Award:
    """An approver has seen the revised budget and lets the whole sum go to the project."""
    if acts_for(by, award.organisation_id):
        raise MemberMayNotJudge
    if not reason.strip():
        raise ReasonMissing
    lock(award)
    if award.state is not AwardState.PROPOSED:
        raise NotAllowedNow(state=award.state.label)
    held = book.available_in(award.fund_id)
    if held <= yen(0):
        raise NothingToAward
    award.amount_yen = held.minor
    award.accepted_by_id, award.accepted_reason = by.id, reason.strip()
    award.starts_on = clock.today()
    award.ends_on = award.starts_on + timedelta(days=PROJECT_DAYS)
    _decide(award, amount=held, by=by)
    return award


def agree_to_award(award: Award, *, by: User) -> Award:
    """The organisation takes the money under the terms of the award (覚書)."""
    if not acts_for(by, award.organisation_id):
        raise NotAMember
    advance(award, to=AwardState.AGREED)
    award.agreed_at, award.agreed_by_id = clock.now(), by.id
    db.session.flush()
    audit_log.record(by, "agree_to_award", award)
    emails.tell_office_of_agreement(award)
    return award


def record_returned_money(award: Award, *, line: BankLine, by: User) -> Award:
    """Unused money is back on the bank account (E-12a; E-12b in a later fiscal year)."""
    if acts_for(by, award.organisation_id):
        raise MemberMayNotJudge
    lock(award)
    if not award.to_return_yen or award.return_entry_id is not None:
        raise NotAllowedNow(state=award.state.label)
    take_line(line, amount_yen=award.to_return_yen, not_before=award.decided_on)
    amount = yen(award.to_return_yen)
    entry_id = _book_return(award, amount, on=line.booked_on, by=by)
    award.return_line_id, award.return_entry_id = line.id, entry_id
    db.session.flush()
    payments.match_bank_line(line, award)
    audit_log.record(by, "record_returned_money", award, after={"bank_line_id": line.id})
    return award


def complete_if_settled(award: Award, *, paid_yen: int, report: Report) -> None:
    """An award is completed when its report is accepted and nothing is left to pay."""
    if report.state is ReportState.ACCEPTED and paid_yen == award.final_yen:
        advance(award, to=AwardState.COMPLETED)
        award.completed_at = clock.now()
        db.session.flush()


def _decide(award: Award, *, amount: Money, by: User | None) -> None:
    entry = ledger.post_entry(
        posting_rules.grant_awarded(amount, fund=award.fund),
        key=f"grants/award/{award.id}",
        source=award,
        party=grantee(award.organisation),
        recorded_by=by,
        approved_by=by,
    )
    award.entry_id, award.decided_at = entry.id, clock.now()
    # `advance` reads the row again, so what the offered state needs is written before.
    db.session.flush()
    advance(award, to=AwardState.OFFERED)
    db.session.flush()
    campaigns.mark(award.campaign, to=CampaignState.AWARDED)
    report = _report_for(award)
    audit_log.record(
        by, "decide_award", award, after={"amount_yen": amount.minor}, reason=award.accepted_reason
    )
    emails.tell_of_award(award, report)


def _report_for(award: Award) -> Report:
    """The report is due from the day of the decision, with a line for each line of the budget."""
    report = Report(
        award_id=award.id,
        state=ReportState.DUE,
        due_on=award.ends_on + timedelta(days=REPORT_DAYS),
        narrative="",
        version=1,
        lines=[
            ReportLine(
                budget_line_id=line.id,
                label=line.label,
                budget_yen=line.amount_yen,
                spent_yen=0,
                note="",
            )
            for line in award.campaign.budget_lines
        ],
    )
    db.session.add(report)
    db.session.flush()
    return report


def _book_return(award: Award, amount: Money, *, on: date, by: User) -> int:
    general = book.general_fund()
    key = f"grants/award/{award.id}/returned"

    def post(draft: EntryDraft, key: str) -> int:
        return dating.post_as_of(
            draft,
            key=key,
            happened_on=on,
            source=award,
            party=grantee(award.organisation),
            recorded_by=by,
        ).id

    assert award.decided_on is not None, "money of an award that was never decided"
    # Which year has it is the book's day, when the bank's own is closed already.
    if clock.fiscal_year(dating.open_day(on)) == clock.fiscal_year(award.decided_on):
        return post(posting_rules.grant_returned(amount, fund=award.fund, general=general), key)
    claim = posting_rules.earlier_grant_reclaimed(amount, fund=award.fund, general=general)
    post(claim, f"{key}/claim")
    return post(posting_rules.earlier_grant_returned(amount, general=general), key)
