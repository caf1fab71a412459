package dev.kindred.app.http;

/** Is told of every request when its reply has gone; many threads call at once. */
public interface RequestObserver {
  /**
   * What became of a request.
   *
   * @param route its name; "" if it had none
   * @param id of the request
   * @param status of the reply
   * @param queueNanos that it waited for a thread
   * @param answerNanos that a thread worked on it
   * @param totalNanos from its last byte read to the last byte of its reply written
   * @param bytes of the reply's body
   */
  void answered(
      String route,
      String id,
      int status,
      long queueNanos,
      long answerNanos,
      long totalNanos,
      long bytes);

  /**
   * A request was turned away.
   *
   * @param reason such as {@code overload}, {@code deadline}
   * @param id of the request
   */
  void rejected(String reason, String id);

  /** A handler threw what it should not have: a fault of ours. */
  void failed(String route, String id, Throwable failure);
}
