"""Why we answer a variant otherwise than a real ASMX service does. A difference without a reason fails the tests."""

from __future__ import annotations

_KINDER_ACTION = "The element in Body says what is meant; a stack that writes the action otherwise would get nothing."
_KINDER_TYPE = "The bytes say that it is an envelope. Hand-made clients send no type, or the one of their tool."
_TEXT = "The bytes are UTF-8 or they are not, whatever header and declaration say; accents arrive as they were sent."
_NAMESPACE = "Parameters are found by their local names; null parameters would only hide the mistake."
_MISSING = "A parameter that is missing stays missing, and the answer says so; ASMX makes it the number 0."
_FAULT = "A fault with the place and the remedy, where this ASMX closes with 400 and no word."
_TEXT_ERROR = "A reason in Spanish as plain text, with the status that is meant; never a page of a framework."
_HEAD = "HEAD is GET without the body, as HTTP has it; monitors use it."
_CASE = "Windows does not tell letter cases apart in addresses, and the original ran there."

REASONS = {
    "action: empty quotes": _KINDER_ACTION,
    "action: empty": _KINDER_ACTION,
    "action: of no operation": _KINDER_ACTION,
    "action: bare name": _KINDER_ACTION,
    "action: single quotes": _KINDER_ACTION,
    "action: *": _KINDER_ACTION,
    "action: of another operation": "Both go by the action; we also find the parameters below the other element.",
    "type: none": _KINDER_TYPE,
    "type: application/xml": _KINDER_TYPE,
    "type: text/plain": _KINDER_TYPE,
    "type: that of a form": _KINDER_TYPE,
    "type: 1.2 above an envelope of 1.1": "The envelope's namespace decides the version of the answer.",
    "type: multipart": "The same status, with a fault that says how to switch attachments off.",
    "charset: text/xml alone, UTF-8": _TEXT,
    "charset: unknown name": _TEXT,
    "charset: ISO-8859-1 by declaration": _TEXT,
    "charset: header UTF-8, is ISO-8859-1": _TEXT,
    "edge: blank line, then the declaration": "Blanks before the declaration mean nothing; hand-made calls have them.",
    "body: gzip": "Compressed calls are understood; the answer is never compressed.",
    "body: deflate": "Compressed calls are understood; the answer is never compressed.",
    "path: lower case": _CASE,
    "path: slash behind": "The slash changes nothing that is meant.",
    "header: mustUnderstand 1": (
        "Gateways add security headers with this mark to every call; nothing in them changes what a call asks for."
    ),
    "element: children unqualified": _NAMESPACE,
    "element: no namespace at all": _NAMESPACE,
    "element: namespace with a slash behind": _NAMESPACE,
    "element: lower case": _NAMESPACE,
    "element: another operation's": _MISSING,
    "element: no formato": _MISSING,
    "element: nothing inside": _MISSING,
    "element: formato no number": "Answered like any other mistake in the parameters: many clients cannot read faults.",
    "element: login nil": "A nil login is no login, and the answer says that it is missing.",
    "element: comment inside a text": "The text is what stands around the comment, as XML has it.",
    "element: elements in file": _FAULT,
    "element: reference (multiref)": "References of old RPC stacks are followed; ASMX drops them silently.",
    "broken: no body": _FAULT,
    "broken: blanks": _FAULT,
    "broken: no XML": _FAULT,
    "broken: cut short": _FAULT,
    "broken: element not closed": _FAULT,
    "broken: entity that is not declared": _FAULT,
    "broken: DOCTYPE": _FAULT,
    "broken: DOCTYPE with entity": _FAULT,
    "broken: 1.2, no XML": _FAULT,
    "broken: no envelope": "The code of a client's error: no version of an envelope was named at all.",
    "broken: empty Body": _MISSING,
    "broken: Fault in Body": "A client that sends back a fault is told so.",
    "GET: ?wsdl=0": "A client of the original asks for exactly this and gets the WSDL there.",
    "GET: ?op=Procesar": "Samples and, on this machine, a form; Mono's page fails in a host that is not its own.",
    "GET: ?op=Online": "Samples and, on this machine, a form; Mono's page fails in a host that is not its own.",
    "GET: ?op= of no operation": _TEXT_ERROR,
    "GET: ?disco": "No client of this contract asks for a discovery document; the page names the WSDL.",
    "GET: /online in lower case": _CASE,
    "GET: /Procesar, which has a complex parameter": _TEXT_ERROR,
    "GET: /Nada": _TEXT_ERROR,
    "GET: another path": _TEXT_ERROR,
    "form: POST /Nada": _TEXT_ERROR,
    "HEAD: the page": _HEAD,
    "HEAD: ?wsdl": _HEAD,
    "PUT: the service": _TEXT_ERROR,
    "DELETE: the service": _TEXT_ERROR,
    "OPTIONS: the service": _TEXT_ERROR,
}
