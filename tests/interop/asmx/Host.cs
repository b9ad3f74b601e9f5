// Serves one folder with Mono's ASP.NET, so that a real ASMX service answers. Arguments: folder, port. It says when it
// listens with one line, and ends when its standard input does.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Threading;
using System.Web;
using System.Web.Hosting;

public static class Program {
    public static void Main(string[] arguments) {
        var host = (Host) ApplicationHost.CreateApplicationHost(typeof(Host), "/", arguments[0]);
        host.Listen("http://127.0.0.1:" + arguments[1] + "/");
        Console.WriteLine("listening");
        while (Console.ReadLine() != null) { }
        Environment.Exit(0);
    }
}

// Lives in the application domain of the web application, as ASP.NET wants it.
public class Host : MarshalByRefObject {
    HttpListener listener;

    public override object InitializeLifetimeService() { return null; }

    public void Listen(string prefix) {
        listener = new HttpListener();
        listener.Prefixes.Add(prefix);
        listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    void Accept() {
        while (true) {
            var context = listener.GetContext();
            ThreadPool.QueueUserWorkItem(delegate {
                try { HttpRuntime.ProcessRequest(new Request(context)); }
                catch (Exception failure) { Console.Error.WriteLine(failure); }
            });
        }
    }
}

// One request of the listener as ASP.NET sees it.
public class Request : SimpleWorkerRequest {
    readonly HttpListenerContext context;
    readonly byte[] body;

    public Request(HttpListenerContext context)
        : base(context.Request.Url.AbsolutePath.TrimStart('/'), context.Request.Url.Query.TrimStart('?'), new StringWriter()) {
        this.context = context;
        var copy = new MemoryStream();
        context.Request.InputStream.CopyTo(copy);
        body = copy.ToArray();
    }

    public override string GetHttpVerbName() { return context.Request.HttpMethod; }
    public override string GetRawUrl() { return context.Request.RawUrl; }
    public override string GetUriPath() { return context.Request.Url.AbsolutePath; }
    public override string GetHttpVersion() { return "HTTP/1.1"; }
    public override string GetLocalAddress() { return "127.0.0.1"; }
    public override int GetLocalPort() { return context.Request.LocalEndPoint.Port; }
    public override string GetRemoteAddress() { return "127.0.0.1"; }
    public override byte[] GetPreloadedEntityBody() { return body; }
    public override bool IsEntireEntityBodyIsPreloaded() { return true; }
    public override int GetTotalEntityBodyLength() { return body.Length; }

    public override string GetKnownRequestHeader(int index) {
        if (index == HeaderContentLength) return body.Length.ToString();
        return context.Request.Headers[GetKnownRequestHeaderName(index)];
    }

    public override string GetUnknownRequestHeader(string name) { return context.Request.Headers[name]; }

    public override string[][] GetUnknownRequestHeaders() {
        var found = new List<string[]>();
        foreach (string name in context.Request.Headers.AllKeys)
            if (GetKnownRequestHeaderIndex(name) < 0) found.Add(new[] { name, context.Request.Headers[name] });
        return found.ToArray();
    }

    public override string GetFilePath() {
        int end = GetUriPath().IndexOf(".asmx", StringComparison.OrdinalIgnoreCase);
        return end < 0 ? GetUriPath() : GetUriPath().Substring(0, end + 5);
    }

    public override string GetPathInfo() { return GetUriPath().Substring(GetFilePath().Length); }

    public override void SendStatus(int code, string text) {
        context.Response.StatusCode = code;
        context.Response.StatusDescription = text;
    }

    public override void SendKnownResponseHeader(int index, string value) {
        Send(GetKnownResponseHeaderName(index), value);
    }

    public override void SendUnknownResponseHeader(string name, string value) { Send(name, value); }

    void Send(string name, string value) {
        if (name == "Content-Type") context.Response.ContentType = value;
        else if (name != "Content-Length" && name != "Transfer-Encoding") context.Response.Headers[name] = value;
    }

    public override void SendResponseFromMemory(byte[] data, int length) {
        if (context.Request.HttpMethod != "HEAD") context.Response.OutputStream.Write(data, 0, length);
    }

    public override void FlushResponse(bool final) { }
    public override void EndOfRequest() { context.Response.Close(); }
}
