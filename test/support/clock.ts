export { manualClock, settled } from '../../core/host/manual-clock.ts'
