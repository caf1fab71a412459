package dev.kindred.app.serving;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends whatever it is told to: the requests of strangers. One reply at a time. */
final class RawHttp implements AutoCloseable {
  /** A reply with its headers in lower case. */
  record Answer(int status, Map<String, String> headers, String body) {}

  private final Socket socket;
  private final InputStream in;

  RawHttp(int port) throws IOException {
    this(port, 0);
  }

  /** With room for so few bytes that came in and weren't read; 0: as much as usual. */
  RawHttp(int port, int receiveBytes) throws IOException {
    socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes); // before it connects, or it is too late
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(20_000);
    in = socket.getInputStream();
  }

  /** One request on a connection of its own. */
  static Answer once(int port, String request) throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      return http.ask(request);
    }
  }

  static Answer get(int port, String target) throws IOException {
    return once(port, "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  static Answer send(int port, String method, String target, String token, String body)
      throws IOException {
    return once(
        port,
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: x\r\n"
            + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
            + "Content-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body);
  }

  Answer ask(String request) throws IOException {
    send(request);
    return answer();
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /** The next reply; status -1 if the server closed the connection instead. */
  Answer answer() throws IOException {
    String head = head();
    if (head.isEmpty()) {
      return new Answer(-1, Map.of(), "");
    }
    Map<String, String> headers = new TreeMap<>();
    head.lines()
        .skip(1)
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              headers.put(
                  line.substring(0, colon).toLowerCase(Locale.ROOT),
                  line.substring(colon + 1).strip());
            });
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Answer(
        Integer.parseInt(head.substring(9, 12)),
        headers,
        new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  private String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        head.write(b);
        String text = head.toString(StandardCharsets.ISO_8859_1);
        if (b == '\n' && text.endsWith("\r\n\r\n")) {
          return text.substring(0, text.length() - 4);
        }
      }
    } catch (SocketException e) {
      return ""; // reset
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
