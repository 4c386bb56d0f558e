"""TXT records by dnspython, from the machine's resolvers or those it is told, within a time."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Final

import dns.exception
import dns.name
import dns.resolver

from encours.messaging.rules.domains import Unreachable

EACH_S: Final = 4.0
ALL_S: Final = 12.0
QUESTIONS_MAX: Final = 60
RECORDS_MAX: Final = 50
SHORTEST_S: Final = 0.2


class DnsRecords:
    """Asks for the duration of one check; past it nothing more is known.

    Only TXT questions, only to the resolvers: whatever a record names, nothing is connected to.
    """

    code = "dns"

    def __init__(self, servers: Sequence[tuple[str, int]] = (), *, all_s: float = ALL_S) -> None:
        """Take the resolvers to ask; none: the machine's."""
        self._servers = servers
        self._until = monotonic() + all_s
        self._asked = 0
        self._resolver: dns.resolver.Resolver | None = None

    def look(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, or raise Unreachable."""
        left = self._until - monotonic()
        self._asked += 1
        if left < SHORTEST_S or self._asked > QUESTIONS_MAX:
            raise Unreachable(name)
        try:
            answer = self._opened().resolve(
                dns.name.from_text(name), "TXT", lifetime=min(left, EACH_S)
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as problem:
            raise Unreachable(name) from problem
        texts = (b"".join(one.strings) for one in list(answer)[:RECORDS_MAX])
        return tuple(text.decode("utf-8", "replace") for text in texts)

    def _opened(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            own = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                own.nameservers = [address for address, _ in self._servers]
                own.nameserver_ports = dict(self._servers)
            self._resolver = own
        return self._resolver
