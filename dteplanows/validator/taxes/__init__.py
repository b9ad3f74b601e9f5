"""Taxes and charges of the totals beside the IVA: additional taxes, commissions, parts of the IVA."""
