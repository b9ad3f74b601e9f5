// What the .NET programs share: they read the scenario, call, and write one JSON object for each line.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

public class Falla : Exception {
    public readonly string Code;
    public Falla(string code, string text) : base(text) { Code = code; }
}

public class Values : Dictionary<string, string> {
    // What is not given is null, as in a proxy.
    public string Get(string key) { string text; return TryGetValue(key, out text) ? text : null; }
    public int Number(string key) { return int.Parse(Get(key)); }
}

public static class Comun {
    // Address, operation and values (the parts of login among them) to the result, a string or bytes.
    public delegate object Call(string address, string operation, Values values);
    public delegate Dictionary<string, string> Reading(string answer);

    public static void Run(string scenario, Call call, Reading reading) {
        var last = new Dictionary<string, string>();
        foreach (string line in File.ReadAllLines(scenario, Encoding.UTF8)) {
            string[] parts = line.Split('\t');
            var values = new Values();
            for (int number = 3; number < parts.Length; number++) {
                int equal = parts[number].IndexOf('=');
                string text = parts[number].Substring(equal + 1);
                values[parts[number].Substring(0, equal)] = last.ContainsKey(text) ? last[text] : text;
            }
            var said = new Dictionary<string, string> { { "paso", parts[0] } };
            try {
                object result = call(parts[1], parts[2], values);
                said["valor"] = result is byte[] ? Convert.ToBase64String((byte[]) result) : (string) result;
                if (said["valor"].Contains("<Documento>"))
                    foreach (var one in reading((string) result)) said[one.Key] = one.Value;
                if (said.ContainsKey("resultado") && said["resultado"] == "True") {
                    last["@folio"] = Base64(said["folio"]);
                    last["@tipo"] = Base64(said["tipo"]);
                }
            } catch (Falla fault) {
                said["falla"] = fault.Code;
                said["texto"] = fault.Message;
            }
            Console.WriteLine(Json(said));
        }
    }

    static string Base64(string text) { return Convert.ToBase64String(Encoding.UTF8.GetBytes(text)); }

    // One object of texts, in ASCII whatever the console's charset is.
    static string Json(Dictionary<string, string> values) {
        var parts = new List<string>();
        foreach (var one in values) parts.Add(Quoted(one.Key) + ":" + Quoted(one.Value));
        return "{" + string.Join(",", parts) + "}";
    }

    static string Quoted(string text) {
        var made = new StringBuilder("\"");
        foreach (char one in text) {
            if (one < 32 || one > 126 || one == '"' || one == '\\') made.AppendFormat("\\u{0:x4}", (int) one);
            else made.Append(one);
        }
        return made.Append('"').ToString();
    }
}
