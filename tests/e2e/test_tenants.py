# SPDX-License-Identifier: EUPL-1.2
"""Municipalities."""


def test_everybody_sees_which_municipalities_take_part(as_role):
    for role in ('employer', 'case_manager', 'tenant_admin'):
        codes = [town['code'] for town in as_role(role).get('/tenants?pageSize=100').json['items']]
        assert {'gm9901', 'gm9902'} <= set(codes)
