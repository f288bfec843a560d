using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Assurance;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Evaluation;
using Risk.Worker.Ingestion;

namespace Risk.Worker.Hosting;

/// <summary>The parts that depend on the files people edit, all made from the same book; a reload replaces them together.</summary>
internal sealed record RunningSet(RuleBook Book, AlertDispatcher Dispatcher, EvaluationCycle Evaluation, SourceHealth Health, DeliveryAttempt Attempt, AssuranceRound Assurance, Heart Heart);
