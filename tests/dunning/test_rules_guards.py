"""What holds a due line back, which reason is said, and its sentence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.dunning.ledgers import FRENCH, NOW, TODAY, Book, ago, book, fates, with_limits

from encours.dunning.rules.frames import Mode
from encours.dunning.rules.reasons import CODES, OF_FACT, SENTENCES, Reason


def held(told: Book, **given: Any) -> tuple[str, str]:
    """Return the reason and the sentence of the only line, which must be held."""
    plan = told.plan(**given)
    assert plan.messages.is_empty()
    return plan.held.select("reason", "sentence").row(0)


@pytest.mark.parametrize(
    ("kind", "reason", "sentence"),
    [
        ("death", "deceased", "Le client est décédé (depuis le 07/11/2026) : voir la succession"),
        ("protection", "protected", "Le client est un majeur protégé (depuis le 07/11/2026)"),
        ("insolvency", "insolvent", "Procédure collective (depuis le 07/11/2026) : la créance se"),
        ("over_indebtedness", "over_indebted", "Dossier de surendettement recevable (depuis le"),
        ("handover", "handed_over", "Dossier au contentieux (depuis le 07/11/2026)."),
        ("assignment", "assigned", "Créance cédée (depuis le 07/11/2026) : le factor encaisse."),
        ("dispute", "disputed", "Litige en cours (depuis le 07/11/2026)."),
        ("plan", "plan", "Échéancier accordé (depuis le 07/11/2026)."),
        ("promise", "promised", "Règlement promis (depuis le 07/11/2026)."),
        ("einvoice", "einvoice", "Facture électronique rejetée (depuis le 07/11/2026) : à émettre"),
        (
            "credit_expected",
            "credit_expected",
            "Facture électronique annulée (depuis le 07/11/2026)",
        ),
        (
            "direct_payer",
            "direct_payer",
            "Paiement direct demandé (depuis le 07/11/2026) : un autre",
        ),
        ("direct_debit", "in_flight", "Règlement en cours : prélèvement, effet ou lien de"),
        ("pause", "paused", "Relances en pause (depuis le 07/11/2026)."),
        ("reply", "answered", "Le client a répondu (depuis le 07/11/2026) : lire sa réponse"),
        ("never", "never", "À ne jamais relancer : choisi pour ce client"),
    ],
)
@pytest.mark.parametrize("whole", [True, False], ids=["whole customer", "one line"])
def test_a_standing_fact_holds(kind: str, reason: str, sentence: str, whole: bool) -> None:
    told = book().line(1).line(2, 20).fact(kind, instalment_id=None if whole else 1)
    plan = told.plan()

    assert fates(plan) == {1: reason, 2: reason if whole else "relance_1"}
    assert plan.held["sentence"][0].startswith(sentence)


def test_every_fact_and_every_reason_is_told() -> None:
    assert set(SENTENCES) == set(Reason) == set(CODES)
    assert len(OF_FACT) == 16


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        pytest.param(0, None, "disputed", id="from its first day"),
        pytest.param(-1, None, "relance_1", id="not before"),
        pytest.param(9, 0, "disputed", id="its last day included"),
        pytest.param(9, 1, "relance_1", id="no longer the day after"),
    ],
)
def test_a_fact_holds_from_a_day_to_a_day(starts: int, ends: int | None, expected: str) -> None:
    given = {"starts_on": ago(starts), "ends_on": None if ends is None else ago(ends)}

    assert fates(book().line(1).fact("dispute", **given).plan()) == {1: expected}


def test_the_end_of_a_fact_is_said() -> None:
    told = book().line(1).fact("promise", ends_on=ago(-3))

    assert held(told)[1] == "Règlement promis (depuis le 07/11/2026, jusqu'au 20/11/2026)."


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([("promise", 1), ("insolvency", None)], "insolvent", id="customer's weighs"),
        pytest.param([("insolvency", 1), ("promise", None)], "insolvent", id="line's weighs"),
        pytest.param([("pause", None), ("dispute", None)], "disputed", id="both of the customer"),
        pytest.param([("pause", 1), ("dispute", 1)], "disputed", id="both of the line"),
        pytest.param([("tax", 1), ("pause", None)], "paused", id="an unknown kind holds nothing"),
    ],
)
def test_the_weightiest_fact_is_said(facts: list[tuple[str, int | None]], expected: str) -> None:
    told = book().line(1)
    for kind, number in facts:
        starts = ago(3) if kind == "promise" else ago(2)
        told.fact(kind, instalment_id=number, starts_on=starts)

    reason, sentence = held(told)
    assert reason == expected
    assert "15/11/2026" in sentence


def test_the_oldest_of_two_equal_facts_is_said() -> None:
    told = book().line(1).fact("dispute", starts_on=ago(2)).fact("dispute", starts_on=ago(5))
    told.fact("dispute", starts_on=ago(5), ends_on=ago(-1))

    assert held(told)[1] == "Litige en cours (depuis le 12/11/2026, jusqu'au 18/11/2026)."


def test_a_fact_of_another_customer_holds_nothing() -> None:
    told = book().customer(2).line(1).fact("dispute", customer_id=2)

    assert fates(told.plan()) == {1: "relance_1"}


@pytest.mark.parametrize(
    ("line", "reason", "sentence"),
    [
        pytest.param(
            {"document": " "},
            "no_document",
            "Aucun numéro de facture dans vos écritures (PieceRef, libellé) : rien à montrer au"
            " client.",
            id="a document without a number",
        ),
        pytest.param({"kind": "refund"}, "no_document", None, id="a refund is no claim"),
        pytest.param({"kind": None}, "no_document", None, id="nor is what nobody knows"),
        pytest.param(
            {"due_source": "terms_assumed"},
            "due_date_unconfirmed",
            "Échéance du 05/11/2026 supposée : confirmer les conditions de règlement.",
            id="a due date from terms that nobody confirmed",
        ),
        pytest.param({"due_source": None}, "due_date_unconfirmed", None, id="or from nowhere"),
        pytest.param({"state": "bill"}, "in_flight", None, id="a bill at hand"),
    ],
)
def test_what_cannot_be_shown_is_held(
    line: dict[str, Any], reason: str, sentence: str | None
) -> None:
    told = held(book().line(1, **line))

    assert told[0] == reason
    assert sentence in {None, told[1]}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({"due_source": "terms_confirmed"}, id="terms that a person confirmed"),
        pytest.param({"state": "doubtful"}, id="a doubtful debt is a debt"),
        pytest.param({"kind": "opening"}, id="an opening balance with a number"),
        pytest.param({"kind": "debit_note"}, id="a debit note"),
        pytest.param({"kind": "returned_payment"}, id="a returned payment"),
    ],
)
def test_what_may_be_claimed(line: dict[str, Any]) -> None:
    assert fates(book().line(1, **line).plan()) == {1: "relance_1"}


def test_a_customer_of_the_same_group_is_left_in_peace() -> None:
    told = Book().customer(intra_group=True).line(1)

    assert held(told) == ("intra_group", "Client du même groupe : il ne se relance pas.")


@pytest.mark.parametrize(
    ("debtor", "confirmed", "due", "expected"),
    [
        pytest.param("business", True, date(2021, 11, 17), "relance_1", id="business, last day"),
        pytest.param("business", True, date(2021, 11, 16), "time_barred", id="business, day after"),
        pytest.param("consumer", True, date(2024, 11, 17), "relance_1", id="consumer, last day"),
        pytest.param("consumer", True, date(2024, 11, 16), "time_barred", id="consumer, day after"),
        pytest.param("unknown", True, date(2024, 11, 16), "time_barred", id="unknown as consumer"),
        pytest.param("foreign", True, date(2024, 11, 16), "time_barred", id="foreign as consumer"),
        pytest.param("business", False, date(2024, 11, 16), "time_barred", id="a mere guess"),
        pytest.param(None, True, date(2024, 11, 16), "time_barred", id="no class at all"),
        pytest.param("public", True, date(2022, 1, 1), "relance_1", id="public, four years"),
        pytest.param("public", True, date(2021, 12, 31), "time_barred", id="public, too old"),
    ],
)
def test_a_barred_claim_is_not_made(
    debtor: str | None, confirmed: bool, due: date, expected: str
) -> None:
    told = Book().customer(debtor_class=debtor, class_confirmed=confirmed).line(1, due_on=due)

    assert fates(told.plan()) == {1: expected}


@pytest.mark.parametrize(
    ("restart", "expected"),
    [
        pytest.param({"starts_on": ago(800)}, "time_barred", id="interrupted too long ago"),
        pytest.param({"starts_on": ago(700)}, "relance_1", id="acknowledged since"),
        pytest.param({"starts_on": ago(0)}, "relance_1", id="acknowledged today"),
        pytest.param({"starts_on": ago(-1)}, "time_barred", id="not yet"),
        pytest.param({"starts_on": ago(800), "ends_on": ago(90)}, "relance_1", id="proceedings"),
        pytest.param({"starts_on": ago(700), "instalment_id": 1}, "relance_1", id="of the line"),
        pytest.param({"starts_on": ago(700), "instalment_id": 2}, "time_barred", id="of another"),
    ],
)
def test_an_interruption_starts_a_new_period(restart: dict[str, Any], expected: str) -> None:
    told = Book().customer(debtor_class="consumer").line(1, 900).fact("limitation", **restart)

    assert fates(told.plan()) == {1: expected}


def test_the_day_of_the_limitation_is_said() -> None:
    told = Book().customer(debtor_class="public").line(1, due_on=date(2020, 6, 1))

    assert held(told)[1].startswith("Créance prescrite depuis le 31/12/2024 :")


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        pytest.param({"class_confirmed": False}, "unknown_class", id="a guess"),
        pytest.param({"class_confirmed": None}, "unknown_class", id="nobody asked"),
        pytest.param({"debtor_class": "unknown"}, "unknown_class", id="unknown"),
        pytest.param({"debtor_class": "consumer"}, "mise_en_demeure", id="a consumer may get one"),
    ],
)
def test_no_formal_notice_without_a_class(customer: dict[str, Any], expected: str) -> None:
    told = Book().customer(**customer).line(1, 40).said("relance_3", 10, 1)

    assert fates(told.plan()) == {1: expected}
    young = Book().customer(**customer).line(1, 29).said("relance_3", 10, 1)
    assert fates(young.plan()) == {1: "waiting"}


def test_a_customer_that_is_missing_cannot_be_reached() -> None:
    assert fates(Book().line(1).plan()) == {1: "no_contact"}


@pytest.mark.parametrize(
    ("email", "postal", "step", "channel"),
    [
        pytest.param(True, True, "relance_1", "email", id="a reminder goes by e-mail"),
        pytest.param(False, True, "relance_1", "letter", id="by letter where there is none"),
        pytest.param(True, False, "mise_en_demeure", "email", id="a notice without an address"),
        pytest.param(False, True, "mise_en_demeure", "letter", id="a notice by letter alone"),
        pytest.param(True, True, "mise_en_demeure", "letter+email", id="a notice by both"),
        pytest.param(True, True, "prevenance", "email", id="a pre-due notice by e-mail"),
        pytest.param(False, True, "prevenance", None, id="never by letter"),
        pytest.param(False, False, "relance_1", None, id="nowhere to write to"),
    ],
)
def test_channel(email: bool, postal: bool, step: str, channel: str | None) -> None:
    told = Book().customer(has_email=email, has_postal=postal)
    late = {"relance_1": 5, "mise_en_demeure": 40, "prevenance": -5}[step]
    told.line(1, late)
    if step == "mise_en_demeure":
        told.said("relance_3", 10, 1)
    plan = told.plan()

    assert plan.messages["channel"].to_list() == ([channel] if channel else [])
    assert fates(plan) == {1: step if channel else "no_contact"}


@pytest.mark.parametrize(
    ("postal", "channel"),
    [
        pytest.param(True, "letter", id="by letter, though there is an e-mail address"),
        pytest.param(False, None, id="no address, no letter"),
    ],
)
def test_old_debts_triaged_to_letter(postal: bool, channel: str | None) -> None:
    told = Book().customer(has_postal=postal).line(1, triage="letter").line(2)
    plan = told.plan()

    assert plan.messages["channel"].to_list() == ([channel] if channel else [])


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        pytest.param([9_99], "below_minimum", id="a cent below"),
        pytest.param([10_00], "relance_1", id="the minimum itself"),
        pytest.param([5_00, 5_00], "relance_1", id="the account counts, not the line"),
    ],
)
def test_minimum(amounts: list[int], expected: str) -> None:
    told = book()
    for number, cents in enumerate(amounts):
        told.line(number, open_cents=cents)

    assert set(fates(told.plan()).values()) == {expected}


def test_a_currency_without_a_minimum_has_none() -> None:
    assert fates(book().line(1, open_cents=1, currency="USD").plan()) == {1: "relance_1"}
    assert fates(book().line(1, open_cents=1).plan(with_limits(minimum_cents={}))) == {
        1: "relance_1"
    }


def test_small_change_overdue_does_not_stop_a_pre_due_notice() -> None:
    plan = book().line(1, open_cents=5_00).line(2, -10).plan()

    assert fates(plan) == {1: "below_minimum", 2: "prevenance"}


@pytest.mark.parametrize(
    ("hours", "given", "expected"),
    [
        pytest.param(96, {}, "relance_1", id="just fresh enough"),
        pytest.param(97, {}, "stale", id="too old"),
        pytest.param(97, {"allow_stale": True}, "relance_1", id="too old, but a person insists"),
        pytest.param(None, {}, "relance_1", id="nothing was ever imported"),
    ],
)
def test_stale_data(hours: int | None, given: dict[str, Any], expected: str) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)

    assert fates(book().line(1).plan(last_import_at=last, **given)) == {1: expected}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(Mode.LIVE, "relance_1"), (Mode.REHEARSAL, "relance_1"), (Mode.STOPPED, "not_live")],
)
def test_mode(mode: Mode, expected: str) -> None:
    assert fates(book().line(1).plan(mode=mode)) == {1: expected}


@pytest.mark.parametrize(
    ("triage", "mode", "live_ago", "expected"),
    [
        pytest.param(None, Mode.LIVE, 11, "triage", id="overdue before, undecided"),
        pytest.param("leave", Mode.LIVE, 11, "triage", id="overdue before, left"),
        pytest.param("remind", Mode.LIVE, 11, "relance_1", id="overdue before, to remind"),
        pytest.param("letter", Mode.LIVE, 11, "relance_1", id="overdue before, by letter"),
        pytest.param(None, Mode.LIVE, 12, "relance_1", id="due the day the creditor went live"),
        pytest.param(None, Mode.LIVE, None, "relance_1", id="live since ever"),
        pytest.param(None, Mode.REHEARSAL, 11, "relance_1", id="a rehearsal shows all"),
    ],
)
def test_triage(triage: str | None, mode: Mode, live_ago: int | None, expected: str) -> None:
    told = Book().customer(has_postal=True).line(1, triage=triage)
    live_on = None if live_ago is None else ago(live_ago)

    assert fates(told.plan(mode=mode, live_on=live_on)) == {1: expected}


def test_triage_says_whether_it_was_decided() -> None:
    told = book().line(1).line(2, triage="leave")
    plan = told.plan(live_on=TODAY)

    assert plan.held["sentence"].to_list() == [
        "Échue avant la mise en service : décider de relancer, d'écrire ou de laisser.",
        "Échue avant la mise en service : laissée de côté par décision.",
    ]


@pytest.mark.parametrize(
    ("told", "given", "expected"),
    [
        pytest.param(
            Book().line(1, open_cents=1),
            {},
            ("no_contact", "Ni adresse e-mail ni adresse postale utilisable pour cette étape."),
            id="no contact before too small",
        ),
        pytest.param(
            book().line(1, open_cents=1).said("appel", 1),
            {},
            ("below_minimum", "Montant à réclamer inférieur au minimum du scénario."),
            id="too small before too soon",
        ),
        pytest.param(
            book().line(1).said("appel", 1),
            {"last_import_at": datetime(2026, 1, 1, tzinfo=NOW.tzinfo)},
            (
                "too_soon",
                "Trop près d'un autre message à ce client : possible à partir du 23/11/2026.",
            ),
            id="too soon before stale",
        ),
        pytest.param(
            book().line(1),
            {
                "last_import_at": datetime(2026, 1, 1, tzinfo=NOW.tzinfo),
                "mode": Mode.STOPPED,
            },
            ("stale", "Données trop anciennes : un règlement a pu arriver depuis."),
            id="stale before stopped",
        ),
        pytest.param(
            book().line(1),
            {"mode": Mode.STOPPED, "today": date(2026, 11, 21)},
            ("not_live", "Les envois de cette société sont arrêtés."),
            id="stopped before a day off",
        ),
        pytest.param(
            book().line(1),
            {"today": date(2026, 11, 21)},
            ("non_working_day", "Jour non ouvré : report au 23/11/2026."),
            id="a day off comes last",
        ),
    ],
)
def test_what_is_said_first(told: Book, given: dict[str, Any], expected: tuple[str, str]) -> None:
    assert held(told, **given) == expected


def test_a_held_line_says_what_it_is() -> None:
    plan = book().line(7, document="F 7").fact("dispute").plan()

    assert plan.held.row(0, named=True) == {
        "instalment_id": 7,
        "customer_id": 1,
        "currency": "EUR",
        "document": "F 7",
        "due_on": ago(12),
        "open_cents": 100_00,
        "reason": "disputed",
        "sentence": "Litige en cours (depuis le 07/11/2026).",
        "next_on": None,
    }


def test_a_line_out_of_reach_waits_whatever_holds_it() -> None:
    told = book().line(1, -16).line(2, -15).fact("dispute")

    assert fates(told.plan()) == {1: "waiting", 2: "disputed"}


def test_the_french_scenario_names_every_limit() -> None:
    assert (FRENCH.min_spacing_days, FRENCH.formal_notice_gap_days) == (7, 8)
    assert (FRENCH.stale_after_hours, FRENCH.minimum_cents) == (96, {"EUR": 10_00})
