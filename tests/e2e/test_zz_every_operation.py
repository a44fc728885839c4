# SPDX-License-Identifier: EUPL-1.2
"""Runs last: every operation of the contract was called with success, and every answer fitted."""


def test_every_operation_was_called(contract):
    known = {operation['operationId'] for *_, operation in contract.routes}
    assert sorted(known - contract.called) == []
