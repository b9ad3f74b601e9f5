"""Documents that break no rule, made by chance from the element table, and ways to break one rule of each.

Unlike those of :mod:`tests.generate` these mean something: the lines come to their totals, notes refer to what they
correct, dates lie in order. The arithmetic is done here a second time, so that the validator is not its own judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS, NOTES, Element, find, structure
from dteplanows.document.model import Document, Field, Group, Value
from dteplanows.document.problem import NOWHERE
from dteplanows.document.rut import check_digit
from dteplanows.document.writer import write_draft

_WORDS = ("Perno", "Tornillo", "Café", "Ñandú", "Servicio", "de", "para", "N° 5", "3/4\"", "A & B", "acero", "1.5 m")

_BY_HAND = frozenset({
    # what depends on something else; each has its own lines below
    "TipoDTE", "Folio", "FchEmis", "TipoDespacho", "IndTraslado", "IndServicio", "MntBruto", "IndMntNeto", "FmaPagExp",
    "FmaPago", "FchCancel", "FchVenc", "PeriodoDesde", "PeriodoHasta", "TipoFactEsp", "MntCancel", "SaldoInsol",
    "TermPagoCdg", "TermPagoGlosa", "TermPagoDias", "TpoImpresion", "TpoTranCompra", "TpoTranVenta", "IndNoRebaja",
})  # fmt: skip
"""Elements of IdDoc that are not left to chance alone."""


def make(tipo: int, chance: Random, today: date) -> Document:
    """A document of type *tipo* that breaks no rule, dated *today* or just before."""
    return _Maker(tipo, chance, today).document


def as_file(document: Document) -> bytes:
    """*document* as a customer's XML file."""
    return f"<DTE version='1.0'>\n{write_draft(document)}\n</DTE>".encode()


def pesos(amount: Decimal) -> int:
    """Whole pesos, half away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def currency_of(amount: Decimal) -> Decimal:
    """*amount* of pesos in another currency, with four decimals."""
    return (amount / Decimal("950.5")).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def rut(chance: Random) -> str:
    """A RUT of a company that could exist."""
    body = chance.randint(1_000_000, 49_999_999)
    return f"{body}-{check_digit(body)}"


class _Maker:
    def __init__(self, tipo: int, chance: Random, today: date) -> None:
        self.tipo, self.chance = tipo, chance
        self.day = today - timedelta(days=chance.randint(0, 2))
        self.document = Document(tipo)
        self.gross = tipo in BOLETAS - EXEMPT_DOCUMENTS
        self.zero_note = tipo in (56, 61) and chance.random() < 0.2
        """The note only corrects a text (CodRef 2)."""
        self.id_doc()
        self.receptor()
        self.transport()
        if tipo in EXPORTS:
            self.export()
        elif tipo == 43:
            self.settlement()
        else:
            self.sale()
        self.references()
        self.extras()

    # --- pieces -----------------------------------------------------------------------------------------------

    def maybe(self, likely: float = 0.4) -> bool:
        return self.chance.random() < likely

    def words(self, element: Element) -> str:
        """A text of *element*, at times as long as it may be."""
        longest = element.max_length
        text = " ".join(self.chance.choice(_WORDS) for _ in range(self.chance.randint(1, 4)))
        if self.maybe(0.1):
            text = "Ñ" * longest
        return text[:longest].strip() or "x"

    def put(self, group: Group, **values: Value) -> None:
        for name, value in values.items():
            group.put(name, value)

    def texts(self, group: Group, path: str, *names: str, likely: float = 0.4) -> None:
        """Texts for those of *names* that the type has, each with some probability."""
        for name in names:
            element = structure_child(self.tipo, f"{path}/{name}")
            if element is not None and element.obliged(self.tipo) != 0 and self.maybe(likely):
                group.put(name, self.words(element))

    # --- header -----------------------------------------------------------------------------------------------

    def id_doc(self) -> None:
        chance, id_doc = self.chance, self.document.id_doc
        self.put(id_doc, TipoDTE=self.tipo, Folio=0, FchEmis=self.day)
        for element in find(self.tipo, "Encabezado/IdDoc").children:
            free = element.enum and element.name not in _BY_HAND
            if free and element.obliged(self.tipo) != 0 and self.maybe(0.3):
                code = chance.choice(element.enum)
                id_doc.put(element.name, code if element.kind == "text" else int(code))
        if self.tipo in BOLETAS:
            id_doc.put("IndServicio", 3)
        if self.tipo == 52:
            id_doc.put("IndTraslado", chance.choice([1, 2, 3, 4, 6, 7, 8, 9]))
        elif self.tipo not in BOLETAS | EXPORTS and self.maybe():
            id_doc.put("FmaPago", chance.choice([1, 2]))
        if self.tipo == 110:
            id_doc.put("FmaPagExp", chance.choice([1, 32]))
            id_doc.put("FchCancel", self.day)
        if find_in(self.tipo, "Encabezado/IdDoc/FchVenc") and self.tipo != 52 and self.maybe():
            id_doc.put("FchVenc", self.day + timedelta(days=chance.randint(0, 90)))
        if self.tipo not in (52, *BOLETAS) and self.maybe():
            begin = self.day - timedelta(days=chance.randint(0, 60))
            self.put(id_doc, PeriodoDesde=begin, PeriodoHasta=begin + timedelta(days=chance.randint(0, 31)))
        if self.tipo not in BOLETAS and self.maybe(0.2):
            payment = id_doc.add_group("MntPagos")
            self.put(payment, FchPago=self.day, MntPago=chance.randint(1, 10**6), GlosaPagos="Cuota única")

    def receptor(self) -> None:
        receptor, path = self.document.receptor, "Encabezado/Receptor"
        receptor.put("RUTRecep", "55555555-5" if self.tipo in EXPORTS else rut(self.chance))
        self.texts(receptor, path, "RznSocRecep", "GiroRecep", "DirRecep", "CmnaRecep", "CiudadRecep", likely=1)
        self.texts(receptor, path, "CdgIntRecep", "DirPostal", "CmnaPostal", "CiudadPostal", likely=0.2)
        if self.maybe(0.2):
            receptor.put("CorreoRecep", "compras@cliente.example")

    def transport(self) -> None:
        header, chance = self.document.root.group("Encabezado"), self.chance
        if self.tipo == 52:
            transport = header.group("Transporte")
            self.put(
                transport, Patente="ABCD12", PatenteCarro="EFGH34", RUTTrans=rut(chance), DirDest="Camino Real 100",
                CmnaDest="Talca", CiudadDest="Talca", FchSalida=self.day, HraSalida=time(9, 30),
                FchLlegada=self.day + timedelta(days=1),
            )  # fmt: skip
            self.put(transport.group("Chofer"), RUTChofer=rut(chance), NombreChofer="Chofer de Prueba")
            if self.goes_abroad():
                self.put(self.document.emisor.group("GuiaExport"), CdgTraslado=4, FolioAut=123, FchAut=self.day)
        if self.tipo in EXPORTS or self.goes_abroad():
            customs = header.group("Transporte").group("Aduana")
            self.put(customs, CodModVenta=1, CodClauVenta=5, CodViaTransp=1, CodPtoEmbarque=901, CodPtoDesemb=211)
            self.put(customs, TotClauVenta=Decimal(100), PesoBruto=Decimal("10.5"), CodUnidPesoBruto=6)
            self.put(customs, TotBultos=2, CodPaisRecep=225, CodPaisDestin=225)
            packages = customs.add_group("TipoBultos")
            self.put(packages, CodTpoBultos=75, CantBultos=2, Marcas="PRUEBA", IdContainer="ABCU1234567")
            self.put(packages, Sello="S123", EmisorSello="Naviera de Prueba")

    def goes_abroad(self) -> bool:
        """Whether it is a guía of goods that leave the country."""
        return self.document.id_doc.amount("IndTraslado") in (8, 9)

    # --- lines ------------------------------------------------------------------------------------------------

    def base_line(self, number: int) -> Group:
        line, path = self.document.root.add_group("Detalle"), "Detalle"
        line.put("NroLinDet", number)
        line.put("NmbItem", self.words(find(self.tipo, "Detalle/NmbItem")))
        self.texts(line, path, "DscItem", likely=0.2)
        for _ in range(self.chance.choice([0, 0, 1, 3])):
            self.put(line.add_group("CdgItem"), TpoCodigo="INT1", VlrCodigo=f"COD-{self.chance.randint(1, 999)}")
        return line

    def count(self) -> int:
        return self.chance.choice([1, 1, 2, 3, 8, 30]) if not self.zero_note else 1

    def priced(self, line: Group) -> int:
        """Quantity, price, discount and surcharge of *line*; gives its amount in pesos."""
        chance = self.chance
        quantity = Decimal(chance.randint(1000, 10**5)).scaleb(chance.choice([0, -1, -3]))
        price = Decimal(chance.randint(1, 10**6)).scaleb(chance.choice([0, 0, -2, -6])) + 1
        if price.normalize().as_tuple().exponent == -3:  # a dot before three digits may separate thousands
            price += Decimal("0.000001")
        amount = pesos(quantity * price)
        self.put(line, QtyItem=quantity, PrcItem=price, UnmdItem="UN")
        if amount > 100 and self.maybe(0.3):
            percentage = Decimal(chance.randint(1, 999)).scaleb(-1)
            discount = pesos(amount * percentage / 100)
            if discount:
                self.put(line, DescuentoPct=percentage, DescuentoMonto=discount)
                amount -= discount
        if amount and self.maybe(0.1):
            line.put("RecargoMonto", 10)
            amount += 10
        line.put("MontoItem", amount)
        if self.goes_abroad():
            line.put("UnmdItem", "10")
            price = max(currency_of(price), Decimal("0.0001"))
            other = line.group("OtrMnda")
            self.put(other, PrcOtrMon=price, Moneda="USD", FctConv=Decimal("950.5"), MontoItemOtrMnda=price)
        return amount

    def sale(self) -> None:
        """Lines, global movements, taxes and totals of the types in pesos."""
        chance, tipo = self.chance, self.tipo
        if self.zero_note:
            self.put(self.base_line(1), MontoItem=0)
            self.put(self.document.totales, MntNeto=0, IVA=0, MntTotal=0)
            return
        if tipo in (33, 56, 61) and self.maybe(0.2):
            self.gross = True
            self.document.id_doc.put("MntBruto", 1)
        sums = {"affected": 0, "exempt": 0, "not billed": 0}
        with_tax = tipo == 33 and not self.gross and self.maybe(0.3)
        taxed = 0
        for number in range(1, self.count() + 1):
            line = self.base_line(number)
            amount = self.priced(line)
            kind = "exempt" if tipo in EXEMPT_DOCUMENTS else "affected"
            if number > 1 and tipo in (33, 39, 56, 61) and self.maybe(0.3):
                kind = chance.choice(["exempt", "not billed"])
                line.put("IndExe", 1 if kind == "exempt" else 2)
            sums[kind] += amount
            if tipo == 46:
                line.put("CodImpAdic", "15")
                line.group("Retenedor").put("IndAgente", "R")
            elif with_tax and kind == "affected":
                line.put("CodImpAdic", "24")
                taxed += amount
        main = "exempt" if tipo in EXEMPT_DOCUMENTS else "affected"
        if not with_tax and tipo not in (46, 52) and sums[main] > 1000 and self.maybe(0.3):
            self.movement(sums, main)
        self.totals(sums, pesos(taxed * Decimal("31.5") / 100))

    def movement(self, sums: dict[str, int], main: str) -> None:
        row = self.document.root.add_group("DscRcgGlobal")
        self.put(row, NroLinDR=1, TpoMov="D", GlosaDR="Descuento")
        if self.maybe(0.5):
            percentage = Decimal(self.chance.randint(1, 50))
            self.put(row, TpoValor="%", ValorDR=percentage)
            sums[main] -= pesos(sums[main] * percentage / 100)
        else:
            amount = self.chance.randint(1, sums[main] // 2)
            self.put(row, TpoValor="$", ValorDR=Decimal(amount))
            sums[main] -= amount

    def totals(self, sums: dict[str, int], tax: int) -> None:
        tipo, totales = self.tipo, self.document.totales
        affected, exempt = sums["affected"], sums["exempt"]
        neto = pesos(affected / Decimal("1.19")) if self.gross else affected
        iva = affected - neto if self.gross else pesos(neto * Decimal("0.19"))
        withheld = iva if tipo == 46 else 0
        if tipo not in EXEMPT_DOCUMENTS:
            totales.put("MntNeto", neto)
            totales.put("IVA", iva)
            if tipo not in BOLETAS and neto:
                totales.put("TasaIVA", Decimal(19))
        if exempt or tipo in EXEMPT_DOCUMENTS:
            totales.put("MntExe", exempt)
        if tax:
            self.put(totales.add_group("ImptoReten"), TipoImp="24", TasaImp=Decimal("31.5"), MontoImp=tax)
        if withheld:
            self.put(totales.add_group("ImptoReten"), TipoImp="15", TasaImp=Decimal(19), MontoImp=withheld)
        total = neto + exempt + iva + tax - withheld
        totales.put("MntTotal", total)
        if sums["not billed"]:
            totales.put("MontoNF", sums["not billed"])
            if self.maybe():
                totales.put("TotalPeriodo" if tipo in BOLETAS else "MontoPeriodo", total + sums["not billed"])

    def settlement(self) -> None:
        """A liquidación: what was sold for the other one, less the commission."""
        neto = 0
        for number in range(1, self.count() + 1):
            line = self.base_line(number)
            amount = self.chance.randint(-1000, 10**6) if number > 1 else self.chance.randint(10**5, 10**6)
            self.put(line, TpoDocLiq="33", MontoItem=amount)
            neto += amount
        if neto < 10**4:
            line = self.base_line(len(self.document.detalles) + 1)
            self.put(line, TpoDocLiq="33", MontoItem=10**5)
            neto += 10**5
        iva = pesos(neto * Decimal("0.19"))
        commission = self.chance.randint(1, neto // 4)
        tax = pesos(commission * Decimal("0.19"))
        row = self.document.root.add_group("Comisiones")
        self.put(row, NroLinCom=1, TipoMovim="C", Glosa="Comisión", ValComNeto=commission, ValComExe=0, ValComIVA=tax)
        totales = self.document.totales
        self.put(totales, MntNeto=neto, TasaIVA=Decimal(19), IVA=iva, IVAProp=tax, IVATerc=iva - tax)
        self.put(totales.group("Comisiones"), ValComNeto=commission, ValComExe=0, ValComIVA=tax)
        totales.put("MntTotal", neto + iva - commission - tax)

    def export(self) -> None:
        """An export: amounts with decimals in the currency of the sale, and in pesos."""
        chance, total = self.chance, Decimal(0)
        for number in range(1, self.count() + 1):
            line = self.base_line(number)
            quantity, price = Decimal(chance.randint(1, 1000)), Decimal(chance.randint(100, 10**6)).scaleb(-2)
            self.put(line, IndExe=1, QtyItem=quantity, PrcItem=price, UnmdItem="10", MontoItem=quantity * price)
            total += quantity * price
        rate = Decimal(chance.randint(8000000, 10000000)).scaleb(-4)
        header = self.document.root.group("Encabezado")
        self.put(self.document.totales, TpoMoneda="DOLAR USA", MntExe=total, MntTotal=total)
        in_pesos = Decimal(pesos(total * rate))
        self.put(
            header.group("OtraMoneda"), TpoMoneda="PESO CL", TpoCambio=rate, MntExeOtrMnda=in_pesos,
            MntTotOtrMnda=in_pesos,
        )  # fmt: skip

    # --- the rest ---------------------------------------------------------------------------------------------

    def references(self) -> None:
        chance = self.chance
        if self.tipo in NOTES:
            code = 2 if self.zero_note else 3
            kind = {111: "110", 112: "110"}.get(self.tipo, "33")
            self.reference(kind, str(chance.randint(900_000, 999_999)), code)
        if self.tipo not in BOLETAS and self.maybe(0.4):
            self.reference("801", f"OC-{chance.randint(1, 10**6)}", 0)

    def reference(self, kind: str, folio: str, code: int) -> None:
        row = self.document.root.add_group("Referencia")
        self.put(row, NroLinRef=len(self.document.root.all("Referencia")), TpoDocRef=kind, FolioRef=folio)
        row.put("FchRef", self.day - timedelta(days=self.chance.randint(0, 100)))
        if code:
            self.put(row, CodRef=code, RazonRef="Donde dice A debe decir B" if code == 2 else "Corrige montos")

    def extras(self) -> None:
        if self.tipo in (33, 52) and self.maybe(0.2):
            place = self.document.root.group("GeoRefEmision")
            self.put(place, LatitudEmision="-33.4489", LongitudEmision="-70.6693", SistemaReferencia=1)


def structure_child(tipo: int, path: str) -> Element | None:
    """The element at *path* of the type's structure, or None."""
    element: Element | None = structure(tipo)
    for name in path.split("/"):
        element = element.child(name) if element else None
    return element


def find_in(tipo: int, path: str) -> bool:
    """Whether the type has the element at *path*."""
    element = structure_child(tipo, path)
    return element is not None and element.obliged(tipo) != 0


# --- mutations --------------------------------------------------------------------------------------------------


Mutation = tuple[str, str, Callable[[], None]]
"""Name of the field, what is done to it, and what does it."""

_NOT_MISSED = frozenset({"RUTEmisor", "TipoDTE", "Folio", "TpoCodigo", "VlrCodigo"})
"""What the account knows or the service decides, and the product codes that programs leave out by habit."""

SHOWN_BY: Mapping[str, frozenset[str]] = {
    "DescuentoMonto": frozenset({"MontoItem"}),
    "MontoItem": frozenset({"MntNeto", "MntExe", "MntTotal", "MontoNF"}),
}
"""An amount that only a sum can contradict is named by that sum."""


def _fields(document: Document) -> Iterator[tuple[Group, str, Element]]:
    """Every value of *document* with its group and its element."""
    def below(group: Group, element: Element) -> Iterator[tuple[Group, str, Element]]:
        for name in group.fields:
            child = element.child(name)
            if child is not None:
                yield group, name, child
        for name, groups in group.groups.items():
            child = element.child(name)
            for one in groups:
                if child is not None:
                    yield from below(one, child)

    yield from below(document.root, structure(document.tipo))


def mutations(document: Document) -> list[Mutation]:
    """Ways to break one mandatory, typed or arithmetic field of *document*, each naming the field it breaks."""
    found: list[Mutation] = []
    for group, name, element in _fields(document):
        if name in ("TipoDTE", "Folio"):
            continue
        if name not in _NOT_MISSED and (element.min or element.rejected) and group.value(name) != 0:
            found.append((name, "without it", _dropper(group, name)))
        for words in _wrong(element):
            found.append((name, f"«{words[:20]}»", _setter(group, name, words)))
        if name in _AMOUNTS and group.amount(name) >= 0 and not isinstance(group.value(name), Decimal):
            found.append((name, "1000 more", _setter(group, name, group.amount(name) + 1000)))
    return found


_AMOUNTS = frozenset({"MntNeto", "MntExe", "IVA", "MntTotal", "MontoItem", "MontoImp", "MontoNF", "DescuentoMonto"})


def _wrong(element: Element) -> Iterator[str]:
    """Texts that are not of the type of *element*."""
    if element.kind in ("positive", "natural", "integer", "decimal"):
        yield "abc"
    elif element.kind == "date":
        yield "2026-02-30"
    elif element.kind == "rut":
        yield "12345678-9"
    elif element.enum:
        yield "ZZZZ"


def _dropper(group: Group, name: str) -> Callable[[], None]:
    return lambda: group.drop(name)


def _setter(group: Group, name: str, value: Value) -> Callable[[], None]:
    return lambda: group.fields.__setitem__(name, [Field(value, "", NOWHERE)])
