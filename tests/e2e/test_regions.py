# SPDX-License-Identifier: EUPL-1.2
"""Regions."""


def test_a_municipality_belongs_to_a_region(as_role):
    client = as_role('consultant')
    regions = {region['id'] for region in client.get('/regions').json['items']}
    assert {town['regionId'] for town in client.get('/tenants').json['items']} == regions
