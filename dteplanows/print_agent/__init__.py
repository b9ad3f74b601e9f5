"""The program at the customer's site that fetches what the service has for a printer there, and prints it.

It only calls out, so that it works behind any router; it asks again and again, and each question brings what became of
the last job and takes the next one. What keeps a job from being lost or printed twice unmarked is that both sides write
down first and act then: the service that the agent has the job, the agent that it begins to print (:mod:`.journal`).
"""
