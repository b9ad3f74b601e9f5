* Visual FoxPro 7 o posterior; MSXML 6 viene con Windows.
LOCAL lcUrl, lcSobre, loHttp, lcResultado, lcDocumento, lnDocumento
lcUrl = "http://127.0.0.1:8080/WSDS/wsplano.asmx"

lcSobre = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' + ;
    '<Procesar xmlns="http://tempuri.org"><login>' + ;
    '<Usuario>' + STRCONV("MIUSUARIO", 13) + '</Usuario>' + ;
    '<Rut>' + STRCONV("1-9", 13) + '</Rut>' + ;
    '<Clave>' + STRCONV("MICLAVE", 13) + '</Clave></login>' + ;
    '<file>' + STRCONV(FILETOSTR("33-factura.txt"), 13) + '</file><formato>1</formato>' + ;
    '</Procesar></soap:Body></soap:Envelope>'

loHttp = CREATEOBJECT("MSXML2.ServerXMLHTTP.6.0")
loHttp.open("POST", lcUrl, .F.)
loHttp.setRequestHeader("Content-Type", "text/xml; charset=utf-8")
loHttp.setRequestHeader("SOAPAction", '"http://tempuri.org/Procesar"')
loHttp.send(lcSobre)

lcResultado = SinEscapar(STREXTRACT(loHttp.responseText, "<ProcesarResult>", "</ProcesarResult>"))
FOR lnDocumento = 1 TO OCCURS("<Documento>", lcResultado)
    lcDocumento = STREXTRACT(lcResultado, "<Documento>", "</Documento>", lnDocumento)
    IF STREXTRACT(lcDocumento, "<Resultado>", "</Resultado>") == "True"
        ? "Emitido: tipo " + STREXTRACT(lcDocumento, "<TipoDte>", "</TipoDte>") + ;
            ", folio " + STREXTRACT(lcDocumento, "<Folio>", "</Folio>")
    ELSE
        ? "Rechazado: " + SinEscapar(STREXTRACT(lcDocumento, "<Error>", "</Error>"))
    ENDIF
ENDFOR

FUNCTION SinEscapar(tcTexto)
    tcTexto = STRTRAN(STRTRAN(tcTexto, "&lt;", "<"), "&gt;", ">")
    RETURN STRTRAN(STRTRAN(tcTexto, "&quot;", ["]), "&amp;", "&")
ENDFUNC
