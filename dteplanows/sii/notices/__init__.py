"""Notices: a company is told by mail and by webhook what the SII refuses, remarks, or does not get in time.

``words`` writes the mail, ``webhook`` the call, and ``sending`` goes round what is to be told.
"""
