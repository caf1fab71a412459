package dev.kindred.app.http;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Addresses and names of hosts as texts, without asking anybody what they stand for. Stateless. */
public final class HostName {
  /** Labels of a name; the underscore is none of DNS, but names of containers have it. */
  private static final Pattern NAME =
      Pattern.compile(
          "([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.)*[A-Za-z0-9_-]{1,63}\\.?");

  /** A name that ends in a number is meant as an address, and so is what has a colon. */
  private static final Pattern ADDRESS = Pattern.compile(".*:.*|(.*\\.)?[0-9]+\\.?");

  private static final int MOST_LETTERS = 253;

  private HostName() {}

  /** Whether a text may be the name of a host, or is an address. Looks no name up. */
  public static boolean isWellFormed(String host) {
    if (!ADDRESS.matcher(host).matches()) {
      return host.length() <= MOST_LETTERS && NAME.matcher(host).matches();
    }
    int zone = host.indexOf('%'); // of this machine; whether it has it is seen when it is bound
    try {
      InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Host and port as a URL and a Host header have them: IPv6 addresses in brackets. */
  public static String withPort(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
