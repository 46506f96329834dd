/** What stands in place of a secret, as in the logs of Flink. @see Flink 2.3 `GlobalConfiguration.HIDDEN_CONTENT` */
export const mask = '******';
