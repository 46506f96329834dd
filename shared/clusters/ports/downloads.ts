/** Files on web servers, from which pods download the programs of applications. */
export interface Downloads {
  /**
   * Asks the server of an `https://` address whether its file is there, without a download of it.
   *
   * @returns The status that says that the file is not there, 404 or 410. Undefined for every other answer, for no answer
   *   within some seconds, and for addresses that Drey does not ask: those inside of a network, and those with a user.
   *   Never throws.
   */
  findMissingStatus(address: string): Promise<number | undefined>;
}
