"""Mail as the world speaks it: a mailbox that is read over IMAP, and a server that takes mails over SMTP.

Nothing here knows what a mail is about. Connections are encrypted, and who is at their other end is proven.
"""
