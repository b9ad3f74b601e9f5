Imports System.IO
Imports System.Net
Imports System.Text
Imports System.Xml

Module Enviar
    Const Url As String = "http://127.0.0.1:8080/WSDS/wsplano.asmx"

    Function Texto(valor As String) As String
        Return Convert.ToBase64String(Encoding.UTF8.GetBytes(valor))
    End Function

    Sub Main()
        Dim archivo As String = Convert.ToBase64String(File.ReadAllBytes("33-factura.txt"))
        Dim sobre As String =
            "<soap:Envelope xmlns:soap=""http://schemas.xmlsoap.org/soap/envelope/""><soap:Body>" &
            "<Procesar xmlns=""http://tempuri.org""><login>" &
            "<Usuario>" & Texto("MIUSUARIO") & "</Usuario>" &
            "<Rut>" & Texto("1-9") & "</Rut>" &
            "<Clave>" & Texto("MICLAVE") & "</Clave></login>" &
            "<file>" & archivo & "</file><formato>1</formato>" &
            "</Procesar></soap:Body></soap:Envelope>"

        Using cliente As New WebClient()
            cliente.Encoding = Encoding.UTF8
            cliente.Headers.Add("Content-Type", "text/xml; charset=utf-8")
            cliente.Headers.Add("SOAPAction", """http://tempuri.org/Procesar""")

            Dim cuerpo As New XmlDocument()
            cuerpo.LoadXml(cliente.UploadString(Url, sobre))
            Dim respuesta As New XmlDocument()
            respuesta.LoadXml(cuerpo.GetElementsByTagName("ProcesarResult")(0).InnerText)

            For Each documento As XmlElement In respuesta.GetElementsByTagName("Documento")
                If documento("Resultado").InnerText = "True" Then
                    Console.WriteLine("Emitido: tipo " & documento("TipoDte").InnerText &
                                      ", folio " & documento("Folio").InnerText)
                Else
                    Console.WriteLine("Rechazado: " & documento("Error").InnerText)
                End If
            Next
        End Using
    End Sub
End Module
