package dev.kindred.app.serving;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A request in a flight recording. */
@Name("dev.kindred.Request")
@Label("Request")
@Category({"Kindred", "HTTP"})
@Description("A request and how long its parts took")
@StackTrace(false)
final class RequestEvent extends Event {
  @Label("Request id")
  String requestId;

  @Label("Route")
  String route;

  @Label("Status")
  int status;

  @Label("Queue, microseconds")
  long queueMicros;

  @Label("Answer, microseconds")
  long answerMicros;

  @Label("Total, microseconds")
  long totalMicros;
}
