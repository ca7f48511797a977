/** User and group IDs of people. */

/** IDs below are the system's on every machine (Debian policy, section 9.2.2): root, the group of disks. */
export const FIRST_PERSON_ID = 100;
