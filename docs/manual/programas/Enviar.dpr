program Enviar;

{$APPTYPE CONSOLE}

uses
  System.SysUtils, System.Classes, System.IOUtils, System.NetEncoding, System.RegularExpressions,
  System.Net.URLClient, System.Net.HttpClient;

const
  Url = 'http://127.0.0.1:8080/WSDS/wsplano.asmx';

function B64(const Bytes: TBytes): string;
begin
  Result := TNetEncoding.Base64.EncodeBytesToString(Bytes);
end;

function Texto(const Valor: string): string;
begin
  Result := B64(TEncoding.UTF8.GetBytes(Valor));
end;

function Valor(const Xml, Nombre: string): string;
begin
  Result := TRegEx.Match(Xml, '<' + Nombre + '>([\s\S]*?)</' + Nombre + '>').Groups[1].Value;
  Result := TNetEncoding.HTML.Decode(Result);
end;

var
  Cliente: THTTPClient;
  Sobre: TStringStream;
  Respuesta: IHTTPResponse;
  Documento: TMatch;

begin
  Sobre := TStringStream.Create(
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
    '<Procesar xmlns="http://tempuri.org"><login>' +
    '<Usuario>' + Texto('MIUSUARIO') + '</Usuario>' +
    '<Rut>' + Texto('1-9') + '</Rut>' +
    '<Clave>' + Texto('MICLAVE') + '</Clave></login>' +
    '<file>' + B64(TFile.ReadAllBytes('33-factura.txt')) + '</file><formato>1</formato>' +
    '</Procesar></soap:Body></soap:Envelope>', TEncoding.UTF8);
  Cliente := THTTPClient.Create;
  try
    Respuesta := Cliente.Post(Url, Sobre, nil, [
      TNameValuePair.Create('Content-Type', 'text/xml; charset=utf-8'),
      TNameValuePair.Create('SOAPAction', '"http://tempuri.org/Procesar"')]);
    for Documento in TRegEx.Matches(
      Valor(Respuesta.ContentAsString(TEncoding.UTF8), 'ProcesarResult'), '<Documento>[\s\S]*?</Documento>') do
      if Valor(Documento.Value, 'Resultado') = 'True' then
        Writeln('Emitido: tipo ' + Valor(Documento.Value, 'TipoDte') + ', folio ' + Valor(Documento.Value, 'Folio'))
      else
        Writeln('Rechazado: ' + Valor(Documento.Value, 'Error'));
  finally
    Cliente.Free;
    Sobre.Free;
  end;
end.
