# SPDX-License-Identifier: EUPL-1.2
"""How the generator refuses what it reads."""


class Wrong(SystemExit):
    """The contract or a query says something that cannot be generated; the message says where. `make gen` ends with it."""
