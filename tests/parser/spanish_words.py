"""Spanish words with letters beyond ASCII, as invoices have them: the project's own tables and invented names."""

from __future__ import annotations

import re
from importlib import resources

_COMUNAS = """Ñuñoa Chillán Concepción Valparaíso Viña Copiapó Curicó Maipú Peñalolén Peñaflor Conchalí Curacaví Olmué
Machalí Chañaral Vicuña Río Cañete Constitución Pucón Villarrica Aysén Puyehue Requínoa Doñihue Llay Quellón Alhué
Huechún Cochamó Maullín Fresia Tomé Mulchén Ránquil Ñiquén Hualañé Licantén Vichuquén Longaví Traiguén Collipulli
Lonquimay Pitrufquén Toltén Curarrehue Futaleufú Chaitén Puqueldón Quinchao Dalcahue Natales Porvenir Tarapacá Bío
Ñuble Araucanía Magallanes Antártica Juan Fernández María Pinto José Maipo Ramón Estación Gálvez Ángeles Unión
Tiltil Colón Angol Melipeuco Perú Panamá Bogotá Japón Corea"""

_NAMES = """Ibáñez Muñoz Núñez Peña Pérez González Hernández Martínez Rodríguez Sánchez Gómez Díaz Álvarez Jiménez Ruiz
Gutiérrez Vásquez Ramírez Suárez Guzmán Ordóñez Yáñez Zúñiga Bustíos Andrés Sebastián Tomás Martín Joaquín Nicolás
Benjamín Matías Agustín Cristóbal Raúl Jesús Óscar Íñigo Ángel Úrsula Inés Sofía Lucía Belén Rocío Ramón Simón León
Félix René Moisés Verónica Mónica Bárbara Ángela Águila Éverton Ítalo Óptima"""

_WORDS = """cañería mampostería ferretería panadería carnicería fiambrería librería tornería vidriería lavandería
pastelería botillería tapicería fábrica distribución construcción instalación mantención reparación producción
importación exportación comercialización educación capacitación elaboración iluminación ventilación fundación gestión
asesoría consultoría ingeniería minería ganadería agrícola hortícola avícola clínica óptica química música electrónica
informática telefonía energía eléctrico eléctrica técnico técnica mecánica hidráulico neumático plástico metálico
cerámica lámina lámpara cámara máquina batería válvula tubería brújula búsqueda público pública número último única
único útil útiles azúcar café té maíz jamón piñón limón melón melocotón salmón camarón ratón jabón cartón algodón
sillón cinturón pantalón botón tapón carbón azafrán orégano plátano durazno ají champiñón ñoquis ñame leña caña piña
niño señora señal diseño año años baño baños pañal montaña cuñas tamaño pequeño español antigüedad pingüino agüita
bilingüe desagüe lingüística paragüería cigüeñal crédito débito interés éxito época énfasis él médico médica cédula
célula decimal décimo fácil débil móvil automóvil vehículo camión avión ómnibus tránsito tráfico depósito artículo
título capítulo círculo cálculo fórmula análisis síntesis tesis crisis árbol álamo ácido área índice ítem íntegro
óxido órgano óleo baúl túnel atún menú según común jóvenes exámenes imágenes órdenes volúmenes rápido líquido sólido
gráfico fotografía tipografía vía vías día días guía guías compañía país sábado miércoles también después además más
así aquí allá está será pagará incluirá envío frío río tío mío sí"""


def _of_tables() -> list[str]:
    document = resources.files("dteplanows.document")
    texts = [document.joinpath(name).read_text("utf-8") for name in ("catalogue.toml", "elements.tsv", "glosas.tsv")]
    texts += [resources.files("dteplanows.parser.txt").joinpath("layout.tsv").read_text("utf-8")]
    return re.findall(r"[a-záéíóúñüA-ZÁÉÍÓÚÑÜ]{3,}", " ".join(texts))


_ALL = {*_of_tables(), *_COMUNAS.split(), *_NAMES.split(), *_WORDS.split()}
ACCENTED = sorted(word for word in _ALL if not word.isascii())
"""Each with at least one letter beyond ASCII."""

STYLES = (str.lower, str.title, str.upper)
"""How programs write them."""
