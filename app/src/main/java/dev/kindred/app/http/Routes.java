package dev.kindred.app.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The table of routes: exact paths, each with its methods. Immutable. */
public final class Routes<D> {
  private final List<Route<D>> all;
  private final Map<String, Map<String, Route<D>>> byPath = new HashMap<>();
  private final Optional<Refusal> others;

  public Routes(List<Route<D>> routes) {
    this(routes, Optional.empty());
  }

  private Routes(List<Route<D>> routes, Optional<Refusal> others) {
    this.others = others;
    all = List.copyOf(routes);
    for (Route<D> route : all) {
      Route<D> before =
          byPath
              .computeIfAbsent(route.path(), path -> new TreeMap<>())
              .putIfAbsent(route.method(), route);
      if (before != null) {
        throw new IllegalArgumentException("two routes for " + route.method() + " " + route.path());
      }
    }
  }

  /**
   * These, and whatever else is asked for is refused so: for the time before a server knows more.
   */
  public static <D> Routes<D> refusingOthers(List<Route<D>> routes, Refusal refusal) {
    return new Routes<>(routes, Optional.of(refusal));
  }

  /** In the order of their declaration. */
  public List<Route<D>> all() {
    return all;
  }

  /**
   * The route of a request; HEAD is answered as GET.
   *
   * @throws Refusal 404 for an unknown path, 405 for a method that the path doesn't have; or the
   *     one of {@link #refusingOthers} for the path
   */
  public Route<D> find(String method, String path) {
    Map<String, Route<D>> methods = byPath.get(path);
    if (methods == null) {
      if (others.isPresent()) {
        throw others.get(); // one for all threads: a refusal never changes and has no stack trace
      }
      throw new Refusal(
          404, "no-such-route", "no route " + Query.shortened(path) + "; see /openapi.json");
    }
    Route<D> route = methods.get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      throw new Refusal(
          405,
          "method-not-allowed",
          Query.shortened(method) + " isn't allowed for " + path + ", but " + allowed(path));
    }
    return route;
  }

  /** The methods of a path, for the Allow header; "" for an unknown one. */
  public String allowed(String path) {
    return byPath.containsKey(path) ? String.join(", ", byPath.get(path).keySet()) : "";
  }
}
