"""The ledger on screen: figures that agree, drill-down, rights, what a person does by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from tests.web.places import Place, add_user, logged_in, place

from encours.parties.actions import customers as parties
from encours.receivables.actions import allocations, documents
from encours.receivables.actions.documents import Amounts
from encours.receivables.models import Invoice, ProposedAllocation
from encours.receivables.queries import (
    ageing,
    drill,
    figures,
    interest,
    items,
    reach,
    statement,
    unreachable,
)
from encours.receivables.queries import customers as customer_queries
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.terms import DueLine
from encours.standing import queries as standing
from encours.tenancy import frames
from encours.tenancy.scope import in_tenant

QUERIES_MAX = 12
MORE_QUERIES = {"customer_card": 14, "customer_interest": 13, "customer": 14}
MORE_QUERIES["penalty_proposals"] = 16
READERS = (
    ageing, figures, reach, drill, customer_queries, standing, interest, items, statement, unreachable,
)  # fmt: skip
PAGES = (
    "dashboard", "aged_balance", "aged_balance_lines", "customers", "unreachable",
    "customers_classes", "customers_duplicates", "invoices", "proposals",
    "penalty_notes", "penalty_proposals", "discounts", "discount_entries", "rewards", "customers_profiles", "invoices_unnumbered",
)  # fmt: skip
OF_CUSTOMER = (
    "customer", "customer_statement", "customer_interest", "customer_standing", "customer_card",
    "customer_entry", "customer_payer", "customer_discounts", "customer_credit", "customer_documents",
)  # fmt: skip


@dataclass(frozen=True)
class Books:
    """A tenant with two customers, one late invoice, one not due, one payment not lettered."""

    place: Place
    late_customer: int
    calm_customer: int
    late_invoice: int
    payment: int
    seller: int

    @property
    def tenant_id(self) -> int:
        return self.place.house.tenant_id


def today() -> date:
    return timezone.localdate()


@cache
def books(mark: str = "LEDGER") -> Books:
    """Keep a place for each module that changes what is in it, whatever runs before."""
    mine = place(mark)
    house = mine.house
    with in_tenant(house.tenant_id):
        seller = add_user(house, "sales", mark)
        who = {"tenant_id": house.tenant_id, "today": today()}
        late, calm = (
            parties.create_customer(
                **who, creditor_id=house.creditor_id, code=code, name=name, salesperson_id=sold
            )
            for code, name, sold in (
                ("RETARD", "Martin & fils SARL", seller.pk), ("CALME", "Dubois SAS", None)
            )
        )  # fmt: skip
        invoice = documents.record_invoice(
            **who,
            customer_id=late,
            number="F-1",
            issued_on=today() - timedelta(days=150),
            amounts=Amounts(120_000, 100_000, 20_000),
            due=[DueLine(today() - timedelta(days=120), 120_000)],
        )
        documents.record_invoice(
            **who,
            customer_id=calm,
            number="F-2",
            issued_on=today() - timedelta(days=3),
            amounts=Amounts(60_000),
            due=[DueLine(today() + timedelta(days=27), 60_000)],
        )
        payment = documents.record_credit(
            **who,
            customer_id=late,
            kind="payment",
            received_on=today() - timedelta(days=1),
            amounts=Amounts(50_000),
            number="VIR 9",
        )
    return Books(mine, late, calm, invoice, payment, seller.pk)


@pytest.fixture
def book(transactional_db: None) -> Books:
    return books()


@pytest.fixture
def changed(transactional_db: None) -> Books:
    """Give the books of those who change them: the others say what these hold, in any order."""
    return books("CHANGED")


@pytest.fixture
def client(book: Books) -> Client:
    return logged_in(book.place.users["admin"])


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Name every question asked of the database, frames too, but for the list of sessions."""
    asked: list[str] = []

    def framed(query: str, *args: object, **kwargs: object) -> object:
        asked.append(query)
        return original(query, *args, **kwargs)  # type: ignore[arg-type]

    original = frames.read_frame
    for module in READERS:
        monkeypatch.setattr(module, "read_frame", framed)
    with CaptureQueriesContext(connection) as found:
        yield asked
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    asked += [
        one["sql"]
        for one in found
        if not one["sql"].startswith(marks) and "usersessions_usersession" not in one["sql"]
    ]


def text(client: Client, name: str, *args: int, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, name
    return answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def test_every_page_answers_within_its_queries(
    client: Client, book: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [reverse(name) for name in PAGES]
    addresses += [reverse(name, args=[book.late_customer]) for name in OF_CUSTOMER]
    addresses.append(reverse("invoice", args=[book.late_invoice]))
    client.get(addresses[0])
    too_many = {}
    for address in addresses:
        with counted(monkeypatch) as asked:
            assert client.get(address).status_code == 200, address
        if len(asked) > MORE_QUERIES.get(resolve(address).url_name, QUERIES_MAX):
            too_many[address] = asked

    assert not too_many


def test_the_dashboard_says_what_the_balance_says(client: Client) -> None:
    page = text(client, "dashboard")

    assert "1 800,00 €" in page
    assert "1 200,00 €" in page
    assert "66,6 % de l'encours" in page
    assert "500,00 € reçus, pas encore lettrés" in page
    assert "2 clients débiteurs injoignables" in page
    assert "2 clients dont la nature est à confirmer" in page


def test_without_any_customer_the_dashboard_leads_to_the_first_import(
    transactional_db: None,
) -> None:
    empty = place("DESERT")
    page = text(logged_in(empty.users["admin"]), "dashboard")

    assert "Importer mon fichier" in page
    assert "Importer mon fichier" not in text(logged_in(empty.users["reader"]), "dashboard")


@pytest.mark.parametrize("group", ["customer", "group", "salesperson", "creditor", "currency"])
@pytest.mark.parametrize("by", ["due", "issued"])
def test_the_balance_adds_up_however_it_is_asked(client: Client, group: str, by: str) -> None:
    page = text(client, "aged_balance", group=group, by=by)

    assert "1 200,00 €" in page or "1 800,00 €" in page


@pytest.mark.parametrize("group", list(ageing.GroupBy))
@pytest.mark.parametrize("bucket", [*ageing.STANDARD.names, "open", "unallocated"])
def test_the_lines_behind_a_number_are_its_sum(
    book: Books, group: ageing.GroupBy, bucket: str
) -> None:
    with in_tenant(book.tenant_id):
        moment = Moment(tenant_id=book.tenant_id, as_of=today(), currency="EUR")
        if group is ageing.GroupBy.CURRENCY:
            return
        balance = ageing.aged_balance(moment, group_by=group)
        key = "customer_id" if group is ageing.GroupBy.CUSTOMER else "key"
        for row in balance.rows.iter_rows(named=True):
            lines = drill.lines(moment, bucket=bucket, of=group, key=row[key])
            assert int(lines["open_cents"].sum()) == row[bucket]


@pytest.mark.parametrize("group", [None, *ageing.GroupBy])
@pytest.mark.parametrize("bucket", [*ageing.STANDARD.names, "open", "overdue"])
def test_lines_read_a_page_at_a_time_are_the_same(
    book: Books, group: ageing.GroupBy | None, bucket: str
) -> None:
    with in_tenant(book.tenant_id):
        moment = Moment(tenant_id=book.tenant_id, as_of=today(), currency="EUR")
        keys: list[int | None] = [None]
        if group is not None and group is not ageing.GroupBy.CURRENCY:
            key = "customer_id" if group is ageing.GroupBy.CUSTOMER else "key"
            keys = ageing.aged_balance(moment, group_by=group).rows[key].to_list()
        for key in keys:
            whole = drill.lines(moment, bucket=bucket, of=group, key=key)
            debits = drill.Debits(moment, bucket, of=group, key=key)
            asked = {"sort": "due_on", "descending": False}
            pages = [
                debits.page(**asked, offset=place, limit=1) for place in range(whole.height + 1)
            ]
            told = pl.concat(pages).select(drill.SHOWN)
            assert told.sort(drill.SHOWN).equals(whole.sort(drill.SHOWN))
            assert told["due_on"].is_sorted()
            assert debits.sums() == {
                "count": whole.height,
                "amount_cents": int(whole["amount_cents"].sum()),
                "open_cents": int(whole["open_cents"].sum()),
            }


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(drill.SORTS))
def test_pages_of_lines_come_in_the_order_asked(
    book: Books, sort: str, *, descending: bool
) -> None:
    with in_tenant(book.tenant_id):
        moment = Moment(tenant_id=book.tenant_id, as_of=today(), currency="EUR")
        debits = drill.Debits(moment)
        whole = debits.page(sort=sort, descending=descending, offset=0, limit=None)
        first = debits.page(sort=sort, descending=descending, offset=0, limit=2)

    values = whole[sort].drop_nulls()
    values = values.str.to_lowercase() if values.dtype == pl.String else values
    assert whole.height > 1
    assert values.is_sorted(descending=descending)
    assert first.equals(whole.head(2))


def test_a_past_balance_knows_nothing_of_what_came_after(client: Client) -> None:
    before = (today() - timedelta(days=2)).isoformat()

    assert "-500,00 €" not in text(client, "aged_balance", as_of=before)
    assert "-500,00 €" in text(client, "aged_balance")


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("aged_balance", "aged-balance"), ("aged_balance_lines", "aged-lines"),
        ("customers", "customers"), ("unreachable", "unreachable"),
        ("customers_classes", "classes"), ("invoices", "invoices"), ("proposals", "proposals"),
    ],
)  # fmt: skip
def test_a_fragment_is_the_part_of_the_page(client: Client, name: str, table: str) -> None:
    headers = {"hx-request": "true", "hx-target": f"table-{table}"}
    part = client.get(reverse(name), headers=headers).content.decode()
    part = part.split('<div class="messages')[0].strip()
    whole = client.get(reverse(name)).content.decode()

    assert f'id="table-{table}"' in part
    assert part in whole


def test_every_table_leaves_as_a_file(client: Client) -> None:
    for name in ("aged_balance", "aged_balance_lines", "customers", "invoices"):
        answer = client.get(reverse(name), {"export": "csv"})
        assert b"Martin" in b"".join(answer.streaming_content), name


def test_sales_people_see_their_own_customers_only(book: Books) -> None:
    client = logged_in(book.seller)

    for name in ("aged_balance", "aged_balance_lines", "customers", "invoices", "dashboard"):
        page = text(client, name)
        assert "Dubois" not in page, name
        assert "Martin" in page, name
    assert client.get(reverse("customer", args=[book.late_customer])).status_code == 200
    for name in (*OF_CUSTOMER[:4], "customer_why"):
        assert client.get(reverse(name, args=[book.calm_customer])).status_code == 404, name
    assert client.get(reverse("customer_entry", args=[book.late_customer])).status_code == 403


def test_a_customer_of_another_tenant_does_not_exist(book: Books) -> None:
    stranger = logged_in(place("DESERT").users["admin"])

    for name in (*OF_CUSTOMER, "customer_why"):
        assert stranger.get(reverse(name, args=[book.late_customer])).status_code == 404, name
    assert stranger.get(reverse("invoice", args=[book.late_invoice])).status_code == 404


def test_the_page_of_a_customer_tells_what_happened_in_french(client: Client, book: Books) -> None:
    page = text(client, "customer", book.late_customer)

    assert "Facture F-1 de 1 200,00 €." in page
    assert "Règlement reçu VIR 9 : 500,00 €." in page
    assert "Client créé." in page
    assert "le plus ancien depuis 120 jours" in page


def test_why_no_reminder_answers_line_by_line(client: Client, book: Books) -> None:
    page = text(client, "customer_why", book.late_customer)

    assert "F-1" in page
    assert "Retenue" in page


def test_a_dispute_is_said_shown_and_ended(changed: Books) -> None:
    book, client = changed, logged_in(changed.place.users["admin"])
    address = reverse("customer_standing", args=[book.calm_customer])
    said = {"fact-kind": "dispute", "fact-starts_on": today().isoformat(), "fact-reason": "Casse"}

    refused = client.post(address, {**said, "fact-reason": ""})
    assert "Indiquez le motif" in refused.content.decode()
    client.post(address, said)
    assert "Casse" in text(client, "customer_standing", book.calm_customer)
    assert "Litige" in text(client, "customer", book.calm_customer)
    with in_tenant(book.tenant_id):
        history = standing.history(tenant_id=book.tenant_id, customer_id=book.calm_customer)
    other = reverse("customer_standing_close", args=[book.late_customer, history[0].id])
    assert client.post(other, {"how": "mistake"}).status_code == 404
    mine = reverse("customer_standing_close", args=[book.calm_customer, history[0].id])
    client.post(mine, {"how": "mistake"})
    assert "Ni litige" in text(client, "customer_standing", book.calm_customer)


def test_a_payment_is_entered_lettered_and_unlettered(changed: Books) -> None:
    book, client = changed, logged_in(changed.place.users["admin"])
    customer = book.calm_customer
    entry = reverse("customer_entry", args=[customer])
    invoice = {
        "what": "invoice", "invoice-number": "F-77", "invoice-issued_on": today().isoformat(),
        "invoice-total": "240,00", "invoice-vat": "40", "invoice-due_on": today().isoformat(),
    }  # fmt: skip
    assert client.post(entry, invoice).status_code == 302
    again = client.post(entry, invoice)
    assert "déjà le numéro" in again.content.decode()
    paid = {
        "what": "credit", "credit-kind": "payment", "credit-received_on": today().isoformat(),
        "credit-total": "240", "credit-settle": "on",
    }  # fmt: skip
    assert client.post(entry, paid).status_code == 302
    with in_tenant(book.tenant_id):
        found = Invoice.objects.of(book.tenant_id).get(number="F-77").pk
    page = text(client, "invoice", found)
    assert "Soldée" in page
    allocation = page.split("/delettrer/")[1].split("/")[0]
    client.post(reverse("invoice_unletter", args=[found, int(allocation)]))
    assert "Rien ne l'a encore réglée." in text(client, "invoice", found)
    assert client.post(reverse("invoice_reverse", args=[found]), {"reason": "mistake"})
    assert client.get(reverse("invoice", args=[found])).status_code == 404


def test_a_proposal_is_refused_by_a_person(changed: Books) -> None:
    book, client = changed, logged_in(changed.place.users["admin"])
    with in_tenant(book.tenant_id):
        line = drill.lines(
            Moment(tenant_id=book.tenant_id, as_of=today(), currency="EUR"),
            of=ageing.GroupBy.CUSTOMER,
            key=book.late_customer,
        )
        assert line.height == 1
        invoice = Invoice.objects.of(book.tenant_id).get(pk=book.late_invoice)
        proposal = ProposedAllocation.objects.create(
            tenant_id=book.tenant_id,
            creditor_id=invoice.creditor_id,
            credit_id=book.payment,
            instalment_id=_line_id(book),
            amount_cents=50_000,
            reason="seul montant proche",
        )
    assert "seul montant proche" in text(client, "proposals")
    reader = logged_in(book.place.users["reader"])
    decided = {"ids": [proposal.pk], "decision": "refuse"}
    assert reader.post(reverse("proposals"), decided).status_code == 403
    client.post(reverse("proposals"), decided)
    assert "seul montant proche" not in text(client, "proposals")


def _line_id(book: Books) -> int:
    page = standing.open_items(
        Moment(
            tenant_id=book.tenant_id,
            as_of=today(),
            currency="EUR",
            customer_id=book.late_customer,
        )
    )
    return int(page["line_id"][0])


def test_all_customers_but_some_are_classed_at_once(transactional_db: None) -> None:
    mine = place("CLASSES")
    with in_tenant(mine.house.tenant_id):
        ids = [
            parties.create_customer(
                tenant_id=mine.house.tenant_id,
                creditor_id=mine.house.creditor_id,
                code=code,
                name=name,
                today=today(),
            )
            for code, name in (("A", "Alpha SARL"), ("B", "Mairie de Bourg"), ("C", "Chloé Petit"))
        ]
    client = logged_in(mine.users["admin"])
    assert "Secteur public" in text(client, "customers_classes")
    said = {
        "creditor_id": mine.house.creditor_id, "who": "all", "debtor_class": "business",
        "others": "consumer", "ids": [ids[2]],
    }  # fmt: skip
    reader = logged_in(mine.users["reader"])
    assert reader.post(reverse("customers_classes"), said).status_code == 403
    client.post(reverse("customers_classes"), {**said, "who": "proposed", "ids": [ids[0]]})
    assert "Alpha SARL" in text(client, "customers_classes")
    assert "Mairie" not in text(client, "customers_classes")
    client.post(reverse("customers_classes"), said)
    assert "Chloé" not in text(client, "customers_classes")
    assert "Particulier" in text(client, "customers", q="chloé")


def test_terms_are_given_to_the_customers_that_were_ticked(transactional_db: None) -> None:
    mine = place("TERMS")
    with in_tenant(mine.house.tenant_id):
        one = parties.create_customer(
            tenant_id=mine.house.tenant_id,
            creditor_id=mine.house.creditor_id,
            code="A",
            name="Alpha SARL",
            today=today(),
        )
    client = logged_in(mine.users["admin"])
    client.post(reverse("choose_creditor"), {"creditor": mine.house.creditor_id})
    assert "Conditions des clients cochés" in text(client, "customers")
    said = {"terms_id": mine.terms_id, "ids": [one]}
    reader = logged_in(mine.users["reader"])
    assert reader.post(reverse("customers_terms"), said).status_code == 403
    client.post(reverse("customers_terms"), said)
    assert "TERMS 45 jours" in text(client, "customer", one)


def test_a_contact_makes_a_customer_reachable(changed: Books) -> None:
    book, client = changed, logged_in(changed.place.users["admin"])
    address = reverse("customer_card", args=[book.calm_customer])
    typed = {
        "what": "contact", "contact-name": "Anne", "contact-email": "anne@dubois.example",
        "contact-role": "billing", "contact-channel": "email",
    }  # fmt: skip
    client.post(address, typed)
    assert "Dubois" not in text(client, "unreachable")
    page = text(client, "customer_card", book.calm_customer)
    contact = page.split("/interlocuteurs/")[1].split("/")[0]
    remove = reverse("customer_contact_remove", args=[book.calm_customer, int(contact)])
    client.post(remove)
    assert "Dubois" in text(client, "unreachable")


def test_letters_go_to_the_lines_that_were_ticked(changed: Books) -> None:
    book, client = changed, logged_in(changed.place.users["admin"])
    address = reverse("customer_letter", args=[book.late_customer])
    with in_tenant(book.tenant_id):
        line = _line_id(book)
    client.post(address, {"credit": book.payment, "lines": [line]})
    page = text(client, "invoice", book.late_invoice)
    assert "reste 700,00 €" in page
    allocation = int(page.split("/delettrer/")[1].split("/")[0])
    with in_tenant(book.tenant_id):
        allocations.unallocate(tenant_id=book.tenant_id, allocation_ids=[allocation], today=today())
