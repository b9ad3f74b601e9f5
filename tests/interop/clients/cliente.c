/* A customer's program in C with what gSOAP makes of the contract, reading by searching for tags.
   Arguments: contract (not looked at), version of SOAP, scenario. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "soapH.h"
#include "wsplanoSoap.nsmap"

#define MOST_VALUES 16

static char *keys[MOST_VALUES], *texts[MOST_VALUES];
static int count;
static char folio[64], tipo[16];

static char *value(const char *key)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(keys[i], key)) return texts[i];
    return NULL;
}

static int number(const char *key) { return atoi(value(key)); }

/* The text between the first tags of that name, copied; empty when there is none. */
static char *between(struct soap *soap, const char *text, const char *name)
{
    char tag[64];
    const char *start, *end;
    sprintf(tag, "<%s>", name);
    start = strstr(text, tag);
    if (!start) return soap_strdup(soap, "");
    start += strlen(tag);
    sprintf(tag, "</%s>", name);
    end = strstr(start, tag);
    char *copy = soap_malloc(soap, end - start + 1);
    memcpy(copy, start, end - start);
    copy[end - start] = 0;
    return copy;
}

static char *unescaped(char *text)
{
    static const char *entities[] = {"&lt;", "<", "&gt;", ">", "&amp;", "&"};
    char *from = text, *to = text;
    while (*from) {
        int found = 0;
        for (int i = 0; i < 6 && !found; i += 2)
            if (!strncmp(from, entities[i], strlen(entities[i]))) {
                *to++ = *entities[i + 1];
                from += strlen(entities[i]);
                found = 1;
            }
        if (!found) *to++ = *from++;
    }
    *to = 0;
    return text;
}

static void say(const char *key, const char *text)
{
    printf("%s\"%s\":\"", strcmp(key, "paso") ? "," : "{", key);
    for (; *text; text++)
        if ((unsigned char) *text < 32 || *text == '"' || *text == '\\') printf("\\u%04x", (unsigned char) *text);
        else putchar(*text);
    putchar('"');
}

static struct ns1__logininfo *login(struct soap *soap)
{
    struct ns1__logininfo *made = soap_malloc(soap, sizeof *made);
    made->Usuario = value("login.Usuario");
    made->Rut = value("login.Rut");
    made->Clave = value("login.Clave");
    made->Puerto = value("login.Puerto");
    made->IncluyeLink = value("login.IncluyeLink");
    return made;
}

/* One operation: its parameters, the call, and its result as text. */
#define OPERATION(NAME, RESULT, ...) \
    if (!strcmp(operation, #NAME)) { \
        struct _ns1__##NAME request = {__VA_ARGS__}; \
        struct _ns1__##NAME##Response response = {0}; \
        if (soap_call___ns1__##NAME(soap, address, NULL, &request, &response)) return NULL; \
        return RESULT(response.NAME##Result); \
    }
#define NOTHING
#define TEXT(result) result
#define BINARY(result) (char *) soap_s2base64(soap, result.__ptr, NULL, result.__size)

static char *call(struct soap *soap, const char *address, const char *operation)
{
    OPERATION(Procesar, TEXT, login(soap), value("file"), number("formato"))
    OPERATION(Validar, TEXT, login(soap), value("file"), number("formato"))
    OPERATION(ObtenerLink, TEXT, login(soap), value("tpomov"), value("folio"), value("tipo"), value("cedible"))
    OPERATION(getBoletaTicket, TEXT, login(soap), value("ticket"))
    OPERATION(ProcesarWSMasivo, TEXT, login(soap), value("file"), number("formato"))
    OPERATION(ConsultarEstado, TEXT, login(soap), value("trackid"))
    OPERATION(getXMLDte, BINARY, login(soap), value("tpomov"), value("folio"), value("tipo"))
    OPERATION(AltNum, TEXT, login(soap), value("folio"), value("tipo"), value("campo"))
    OPERATION(RegIP, TEXT, login(soap), value("puerto"))
    OPERATION(getIP, TEXT, NOTHING)
    OPERATION(EliminarDoc, TEXT, login(soap), value("tpomov"), value("folio"), value("tipo"))
    OPERATION(AnularGuia, TEXT, login(soap), value("tpomov"), value("folio"), value("tipo"))
    OPERATION(EstadoDte, TEXT, login(soap), value("tpomov"), value("folio"), value("tipo"))
    OPERATION(Online, TEXT, NOTHING)
    OPERATION(Version, TEXT, NOTHING)
    fprintf(stderr, "unknown operation %s\n", operation);
    exit(1);
}

static void read_line(struct soap *soap, char *line, char **name, char **address, char **operation)
{
    char *part;
    line[strcspn(line, "\n")] = 0;
    *name = strsep(&line, "\t");
    *address = strsep(&line, "\t");
    *operation = strsep(&line, "\t");
    for (count = 0; (part = strsep(&line, "\t")); count++) {
        keys[count] = strsep(&part, "=");
        texts[count] = part;
        if (!strcmp(part, "@folio")) texts[count] = soap_s2base64(soap, (unsigned char *) folio, NULL, strlen(folio));
        if (!strcmp(part, "@tipo")) texts[count] = soap_s2base64(soap, (unsigned char *) tipo, NULL, strlen(tipo));
    }
}

int main(int argc, char **argv)
{
    FILE *file = fopen(argv[3], "r");
    char *line = NULL, *name, *address, *operation;
    size_t size = 0;
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);
    while (getline(&line, &size, file) > 0) {
        soap_set_version(soap, strcmp(argv[2], "1.2") ? 1 : 2);
        read_line(soap, line, &name, &address, &operation);
        say("paso", name);
        char *result = call(soap, address, operation);
        if (!result) {
            if (!soap->fault) { soap_print_fault(soap, stderr); exit(1); }
            say("falla", *soap_faultcode(soap));
            say("texto", *soap_faultstring(soap));
        } else {
            say("valor", result);
            if (strstr(result, "<Documento>")) {
                char *accepted = between(soap, result, "Resultado");
                say("resultado", accepted);
                say("folio", between(soap, result, "Folio"));
                say("tipo", between(soap, result, "TipoDte"));
                say("error", unescaped(between(soap, result, "Error")));
                if (!strcmp(accepted, "True")) {
                    snprintf(folio, sizeof folio, "%s", between(soap, result, "Folio"));
                    snprintf(tipo, sizeof tipo, "%s", between(soap, result, "TipoDte"));
                }
            }
        }
        puts("}");
        soap_destroy(soap);
        soap_end(soap);
    }
    soap_free(soap);
    return 0;
}
