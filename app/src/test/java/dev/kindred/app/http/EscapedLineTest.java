package dev.kindred.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.xnio.conduits.StreamSourceConduit;

/** Which of the lines that a connection reads is looked at for wrong escapes. */
final class EscapedLineTest {
  private static final String WRONG = "GET /?item=%zz HTTP/1.1\r\nHost: x\r\n\r\n";

  private String coming = "";
  private final EscapedLine line = new EscapedLine(source());

  @Test
  void theLineThatBeginsWhatCameLastIsLookedAt() throws IOException {
    read(WRONG);
    assertTrue(line.fault().orElseThrow().getMessage().contains("'item' is '%zz'"));
    read("GET /?item=%31 HTTP/1.1\r\n\r\n");
    assertTrue(line.fault().isEmpty());
    read("GET /?q=1&item=%yy HTTP/1.1\r\n");
    assertTrue(line.fault().orElseThrow().getMessage().contains("'item' is '%yy'"));
    read("GET / HTTP/1.1\r\nX: %zz\r\n\r\n");
    assertTrue(line.fault().isEmpty());
  }

  @Test
  void whatBeginsNoRequestIsForgottenAndSoIsTheLineBeforeIt() throws IOException {
    for (String body : new String[] {"{\"a\": \"/%zz HTTP/1.1\"}\n", "%zz\n", " ", "\n"}) {
      read(WRONG);
      read(body);
      assertTrue(line.fault().isEmpty(), body);
    }
    read(WRONG);
    line.read(new ByteBuffer[] {ByteBuffer.allocate(1)}, 0, 1);
    assertTrue(line.fault().isEmpty());
    read(WRONG);
    line.transferTo(0, 1, null);
    assertTrue(line.fault().isEmpty());
    read(WRONG);
    line.transferTo(1, ByteBuffer.allocate(1), null);
    assertTrue(line.fault().isEmpty());
  }

  @Test
  void aLineThatDoesNotFitIsNotLookedAt() throws IOException {
    String rest = "=%zz HTTP/1.1\n";
    String fits = "GET /?" + "a".repeat(EscapedLine.MOST_BYTES - rest.length() - 5);
    read(fits + rest);
    assertTrue(line.fault().isPresent());
    read(fits + "a".repeat(rest.length()) + rest);
    assertTrue(line.fault().isEmpty());
  }

  private void read(String text) throws IOException {
    coming = text;
    ByteBuffer target = ByteBuffer.allocate(4096).position(7);
    assertEquals(text.length(), line.read(target));
  }

  /** Reads what is coming into one buffer, and nothing in the other ways. */
  private StreamSourceConduit source() {
    return (StreamSourceConduit)
        Proxy.newProxyInstance(
            StreamSourceConduit.class.getClassLoader(),
            new Class<?>[] {StreamSourceConduit.class},
            (proxy, method, arguments) -> {
              if (method.getReturnType() == long.class) {
                return 0L;
              }
              ((ByteBuffer) arguments[0]).put(coming.getBytes(StandardCharsets.ISO_8859_1));
              return coming.length();
            });
  }
}
