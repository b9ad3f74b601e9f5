"""The portal: pages for the people of a company, beside the services, below ``/portal``.

===================  ==================================================================================================
``app``              the Flask application, put together
``services``         what the pages are given of the rest of the program
``access``           who may ask for what: one table, looked at before every request
``sessions``         who came in, until when
``current``          the person and the company of the request under way
``entering``         coming in, going out, choosing a company
``kept_form``        a form that was sent when the session had ended, sent again after coming in
``new_password``     a password that is typed twice
``devices``          the browsers by which a person came in before: others' guesses do not keep it out
``browsers``         what people call a browser
``afterwards``       what the next page says of what was done
``safety``           headers, cookies, forged requests
``failures``         pages for what goes wrong
``navigation``       the entries of the menu
``texts``            the Spanish texts, by key: ``texts.toml``
``orders``           orders of the command line that texts name, as buttons of pages: ``orders.toml``
``shown``            RUT, pesos and days as people write them
``style_page``       the components, to be looked at
``visitor``          who reads the manual
===================  ==================================================================================================

A family of pages is a package of its own: a blueprint with thin views, and what it shows made in plain Python without
Flask. Every endpoint has a row in ``access.TABLE``.
"""

PATH = "/portal"
"""Where it stands, below the address of the service."""

REFUSED = "dteplanows.refused"
"""Where the environment of a request says why its body was not taken: a problem and a status."""

THEMES = ("claro", "oscuro")
"""What the switch of the look may say; anything else is what the system prefers."""

THEME_COOKIE = "dteplanows_tema"
