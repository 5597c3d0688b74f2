import { cloudwatch, sns } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";

/** Logs and alarms, in the region and sealed with the stack's key. */
export class Watch extends ComponentResource {
  readonly logs: cloudwatch.LogGroup;
  readonly #name: string;
  readonly #context: AwsContext;
  readonly #topic: sns.Topic;

  constructor(name: string, args: { context: AwsContext; keyArn: Output<string> }, options: ComponentResourceOptions) {
    super("yizhan:aws:Watch", name, {}, options);
    const { context } = args;
    this.#name = name;
    this.#context = context;
    this.logs = new cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/yizhan/${context.name}`, retentionInDays: 365, kmsKeyId: args.keyArn, tags: named(context, "logs") },
      { parent: this },
    );
    this.#topic = new sns.Topic(
      `${name}-alerts`,
      { kmsMasterKeyId: args.keyArn, tags: named(context, "alerts") },
      { parent: this },
    );
    const { email } = context.input.alerts;
    if (email !== undefined) {
      new sns.TopicSubscription(
        `${name}-email`,
        { topic: this.#topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
    }
    this.registerOutputs({ logs: this.logs.name });
  }

  /** An alarm that fires after three periods of a minute, and where no figure comes at all. */
  alarm(
    what: string,
    args: Pick<cloudwatch.MetricAlarmArgs, "namespace" | "metricName" | "statistic" | "comparisonOperator" | "threshold"> & {
      dimensions: Record<string, Input<string>>;
    },
  ): void {
    new cloudwatch.MetricAlarm(
      `${this.#name}-${what}`,
      {
        ...args,
        period: 60,
        evaluationPeriods: 3,
        treatMissingData: "breaching",
        alarmActions: [this.#topic.arn],
        okActions: [this.#topic.arn],
        tags: named(this.#context, what),
      },
      { parent: this },
    );
  }
}
