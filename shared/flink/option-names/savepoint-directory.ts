/** The default directory of savepoints. */
export const savepointDirectoryOption = 'execution.checkpointing.savepoint-dir';
