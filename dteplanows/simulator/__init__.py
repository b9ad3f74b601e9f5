"""A local SII: it answers over HTTP as the real one does, refusals and bad days included.

It stands alone: it imports nothing else of this project, and verifies what it gets by its own means, so that a fault of
ours cannot hide in both. What it knows of the SII comes from the SII's manuals and from what integrators saw; where the
SII gives no number or text, what is answered here is marked as inferred beside the code that answers it.

The road of an upload: :mod:`.server` (the socket and its faults) → :mod:`.routes` → :mod:`.services.upload` (what is
answered at once) → :mod:`.store` (durable before the answer) → :mod:`.processing` (in order, in a thread) →
:mod:`.review` (the judgements) → :mod:`.states` (what is told of it, and when) and :mod:`.mail`.
"""
