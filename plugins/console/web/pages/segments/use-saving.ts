/** Saving of a segment: what changed, what the API says against it, and where to go afterwards. */
import { useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { ApiError, errorText, patch, post } from '../../api/client.ts'
import type { Segment } from '../../api/types.ts'
import { notify } from '../../components/notices.tsx'
import { useLeaveGuard } from '../../hooks/use-leave-guard.ts'
import { placeProblems } from '../../rule/write.ts'
import type { BuiltRule } from './use-rule.ts'

/** Pages that a new segment may lead back to. */
const isBack = (path: string) => /^\/campaigns\/(?:new|\d+\/edit)(?:\?from=\d+)?$/.test(path)

export function useSaving(segment: Segment | undefined, name: string, { root, written, isComplete }: BuiltRule) {
  const [, navigate] = useLocation()
  const [parameters] = useSearchParams()
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  // An error belongs to what was saved, and goes with the next change.
  const [failure, setFailure] = useState<{ readonly error: unknown; readonly of: readonly unknown[] }>()
  const [first] = useState(root)
  const isRuleChanged = root !== first
  const isChanged = isRuleChanged || name.trim() !== (segment?.name ?? '')
  const guard = useLeaveGuard(isChanged)
  const error = failure?.of[0] === root && failure.of[1] === name ? failure.error : undefined
  const problems = error instanceof ApiError ? placeProblems(error.details, written) : new Map<string, string>()
  const ofName = error instanceof ApiError && (error.code === 'SEGMENT_EXISTS' || error.details[0]?.path === 'name')
  const leave = (notice: string) => {
    guard.release()
    notify(notice)
    const back = parameters.get('back') ?? ''
    navigate(isBack(back) ? back : '/segments')
  }
  const save = async () => {
    setAsked(true)
    if (name.trim() === '' || !isComplete) return
    setBusy(true)
    try {
      const rule = segment && !isRuleChanged ? {} : { rule: written.rule }
      const body = { name: name.trim(), ...rule }
      await (segment ? patch(`/segments/${segment.id}`, body) : post('/segments', body))
      leave(segment ? 'Segment saved' : 'Segment created')
    } catch (caught) {
      setFailure({ error: caught, of: [root, name] })
      setBusy(false)
    }
  }
  return {
    asked,
    busy,
    isChanged,
    guard,
    problems,
    nameProblem: ofName ? 'Another segment has this name already' : undefined,
    problem:
      asked && !isComplete
        ? 'Complete the conditions that are marked.'
        : error !== undefined && !ofName && (problems.size === 0 ? errorText(error) : 'Correct what is marked.'),
    save,
    leave: () => leave('Segment deleted'),
  }
}

export type Saving = ReturnType<typeof useSaving>
